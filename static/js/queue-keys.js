/* The queue by keyboard: J K move, X selects, N brings the next ticket, C opens a new one, Z undoes, . shows new ones; the bar's buttons name their
   own keys and work on the selection or else on the focused row. Enter follows the focused link by itself. */
const list = document.getElementById('list');
const bulk = document.getElementById('bulk');
const current = () => document.activeElement.closest('.row');

const rows = () => [...list.querySelectorAll('.row')];

const goTo = row => {
  row?.querySelector('.row-link').focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
};

const at = place => rows()[Math.max(0, Math.min(rows().length - 1, place))];
const move = step => goTo(at(rows().indexOf(current()) + step));

const tick = row => row?.querySelector('.row-check input').click();

let actedOn = null;
const act = key => {
  const button = document.querySelector(`#bulk [aria-keyshortcuts="${key}"], .menu-bulk [aria-keyshortcuts="${key}"]`);
  if (!button) return false;
  actedOn = current();
  if (!list.querySelector(':checked')) tick(current());
  if (list.querySelector(':checked')) button.click();
  return true;
};

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => tick(current()),
  n: () => document.getElementById('next').click(),
  c: () => document.getElementById('new-ticket').click(),
  z: () => document.querySelector('[data-undo-bulk]')?.click(),
  '.': () => document.getElementById('newpill').click(),
  Escape: () => bulk.reset(),
};

const count = () => {
  const n = list.querySelectorAll('.row-check :checked').length;
  bulk.querySelector('[data-selected]').textContent = `${n} selected`;
  for (const box of list.querySelectorAll('.row-check input')) box.closest('.row').classList.toggle('is-selected', box.checked);
};

document.addEventListener('parley:key', told => {
  const key = told.detail;
  if (KEYS[key]) KEYS[key]();
  // Cancelled, or the letter would also be the first one in the menu's field.
  else if (/^[a-z/]$/.test(key) && act(key)) told.preventDefault();
});

// ---- the bar's menus: the first thing has the focus, arrows move, Enter in a field presses its button ----

for (const menu of document.querySelectorAll('.menu-bulk')) {
  // Not in a toggle event: that comes later than a quick hand's next key, which would still go to the row.
  menu.querySelector('input, button').autofocus = true;
  menu.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.target.matches('.menu-item')) {
      const items = [...menu.querySelectorAll('.menu-item')];
      items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
      event.preventDefault();
    }
    if (event.key === 'Enter' && event.target.matches('input')) { menu.querySelector('.btn').click(); event.preventDefault(); }
  });
}
document.addEventListener('change', event => { if (event.target.name === 'ids') count(); });
bulk.addEventListener('reset', () => setTimeout(count));

// ---- an action loads the page anew: the keyboard goes on at its row, or at the one that now has its place ----

bulk.addEventListener('submit', () => {
  if (actedOn) sessionStorage.setItem('queue-row', JSON.stringify({ id: actedOn.id, place: rows().indexOf(actedOn) }));
});
const left = JSON.parse(sessionStorage.getItem('queue-row'));
sessionStorage.removeItem('queue-row');
if (left) goTo(document.getElementById(left.id) ?? at(left.place));
