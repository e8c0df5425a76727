/* Which list the agent came from. The queue leaves its address and its rows in this tab; a ticket shows them beside itself,
   walks them with J and K, and goes back there. Runs before queue-live.js, which keeps the list fresh where there is room. */
const list = document.getElementById('list');
const page = document.querySelector('[data-ticket]');
const me = document.querySelector('meta[name="parley-live"]').dataset.me;
const KEY = 'parley:list', MOST = 400000;

const left = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) ?? {}; } catch { return {}; } };
const leave = () => {
  const address = list.dataset.address ?? `${location.pathname}${location.search}`;
  const html = list.querySelector('.row') && list.innerHTML.length < MOST ? list.innerHTML : '';
  try { sessionStorage.setItem(KEY, JSON.stringify({ me, address, html, top: list.scrollTop })); } catch { /* private mode */ }
};
addEventListener('pagehide', leave);

const rows = () => [...list.querySelectorAll('.row')];
const current = () => document.getElementById(`t${page.dataset.number}`);
const mark = () => {
  for (const row of rows()) {
    row.classList.remove('is-selected');
    if (row === current()) row.setAttribute('aria-current', 'true'); else row.removeAttribute('aria-current');
  }
};
const walk = step => {
  const all = rows(), at = all.indexOf(current());
  all[at < 0 ? 0 : at + step]?.querySelector('.row-link').click();
};

if (page) {
  const came = left();
  // Somebody else may have used this tab before.
  if (came.me === me) {
    const address = new URL(came.address, location);
    for (const part of ['rows', 'after']) address.searchParams.delete(part);
    list.dataset.address = address.pathname + address.search;
    if (came.html) list.innerHTML = came.html;
    list.scrollTop = came.top;
  }
  mark();
  current()?.scrollIntoView({ block: 'nearest' });
  addEventListener('parley:list', mark);
  document.addEventListener('click', event => {
    const back = event.target.closest('[data-back]');
    if (back) back.href = list.dataset.address;
  });
  const KEYS = {
    j: () => walk(1),
    k: () => walk(-1),
    n: () => document.getElementById('next').click(),
    '.': () => document.getElementById('newpill').click(),
  };
  document.addEventListener('parley:key', told => KEYS[told.detail]?.());
}
