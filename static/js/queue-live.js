/* Keeps an open queue fresh, or the pane of it beside a ticket (then `data-address` says which list). What is on the page changes in place; what is not yet on it is counted in the "3 new" pill
   and comes when it is asked for, or by itself while the list is at its top and nobody is using it. */
const AHEAD = 20, ALONE = 2000, TOLD = 15000, STALE = 20000, SLOWEST = 30000, TIMEOUT = 10000, MOST = 250, NEAR = 400;
const list = document.getElementById('list');
const pill = document.getElementById('newpill');
const offline = document.getElementById('offline');
const signedOut = document.getElementById('signed-out');
const live = document.getElementById('live');
const isPane = 'address' in list.dataset;
let every = ALONE, etag = '', heard = Date.now(), wait = every, next = heard + every, busy = false;

class SignedOut extends Error {}

// ---- asking ----

const ask = async (href, headers = {}) => {
  const response = await fetch(href, {
    headers: { 'X-Requested-With': 'fetch', ...headers }, cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT),
  });
  if (response.type === 'opaqueredirect') throw new SignedOut();
  if (response.status === 304) return null;
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return { etag: response.headers.get('ETag') || '', page: new DOMParser().parseFromString(await response.text(), 'text/html') };
};

const here = rows => {
  const url = new URL(list.dataset.address ?? location.href, location);
  url.searchParams.set('rows', Math.min(MOST, rows));
  return url;
};

const rowsOf = root => new Map([...root.querySelectorAll('.row')].map(row => [row.id, row]));

// ---- putting ----

const sameOutside = page => {
  for (const fresh of page.querySelectorAll('[data-live]')) {
    for (const old of document.querySelectorAll(`[data-live="${fresh.dataset.live}"]`)) {
      if (!old.isEqualNode(fresh)) old.replaceWith(document.importNode(fresh, true));
    }
  }
};

const sameRow = (old, fresh) => {
  old.classList.remove('is-gone');
  old.classList.toggle('is-unread', fresh.classList.contains('is-unread'));
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const place = old.querySelector(`[data-part="${part.dataset.part}"]`);
    if (place.isEqualNode(part)) continue;
    const focused = place.contains(document.activeElement);
    const copy = document.importNode(part, true);
    place.replaceWith(copy);
    if (focused) copy.querySelector('a, button')?.focus({ preventScroll: true });
  }
};

const inUse = () => list.scrollTop > 8 || list.matches(':hover') || list.contains(document.activeElement)
  || list.querySelector(':checked') || document.querySelector('.menu:popover-open');

const show = async () => {
  const answer = await ask(here(Math.max(50, rowsOf(list).size)));
  const top = list.scrollTop;
  sameOutside(answer.page);
  list.replaceChildren(...document.importNode(answer.page.getElementById('list'), true).childNodes);
  list.scrollTop = top;
  pill.hidden = true;
  etag = '';
  dispatchEvent(new Event('parley:list'));
};

/* Rows behind the last one that the page and the answer share belong to a later page: neither new nor gone. */
const compare = (shown, fresh, isWhole) => {
  const shownIds = [...shown.keys()], freshIds = [...fresh.keys()];
  const lastShown = isWhole ? shownIds.length : shownIds.findLastIndex(id => fresh.has(id));
  const lastFresh = isWhole ? freshIds.length : freshIds.findLastIndex(id => shown.has(id));
  return {
    gone: shownIds.filter((id, at) => !fresh.has(id) && at <= lastShown),
    added: freshIds.filter((id, at) => !shown.has(id) && (at <= lastFresh || !shown.size)),
    moved: freshIds.filter(id => shown.has(id)).join() !== shownIds.filter(id => fresh.has(id)).join(),
  };
};

const group = row => row.closest('[data-group]')?.dataset.group;

const refresh = async () => {
  const shown = rowsOf(list);
  if (!shown.size && list.querySelector('.skeleton')) return show();
  const answer = await ask(here(shown.size + AHEAD), etag ? { 'If-None-Match': etag } : {});
  if (!answer) return;
  etag = answer.etag;
  const fresh = rowsOf(answer.page);
  const { gone, added, moved } = compare(shown, fresh, !list.querySelector('[data-more]'));
  const regrouped = [...shown].some(([id, row]) => fresh.has(id) && group(row) !== group(fresh.get(id)));
  if ((added.length || moved || regrouped) && !inUse()) return show();
  sameOutside(answer.page);
  for (const [id, row] of shown) if (fresh.has(id)) sameRow(row, fresh.get(id));
  for (const id of gone) shown.get(id).classList.add('is-gone');
  pill.hidden = !added.length;
  pill.querySelector('[data-n]').textContent = added.length;
};

// ---- more, new ----

const more = async (link, { focus = true } = {}) => {
  link.setAttribute('aria-busy', 'true');
  const { page } = await ask(link.href);
  const last = list.querySelector('.group:last-of-type');
  const [first, ...rest] = page.querySelectorAll('.group');
  const known = rowsOf(list);
  for (const row of page.querySelectorAll('.row')) if (known.has(row.id)) row.remove();
  const firstNew = first.querySelector('.row-link');
  if (first.dataset.group === last.dataset.group) last.querySelector('.rows').append(...first.querySelector('.rows').children);
  else last.after(first);
  list.querySelector('.group:last-of-type').after(...rest);
  const following = page.querySelector('.list-more');
  if (following) link.closest('.list-more').replaceWith(following); else link.closest('.list-more').remove();
  etag = '';
  if (focus) firstNew?.focus({ preventScroll: true });
};

document.addEventListener('click', async event => {
  const link = event.target.closest('[data-more]');
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    // Where the script cannot bring them, the link itself still leads there.
    await more(link).catch(() => { location.href = link.href; });
  }
  if (event.target.closest('#newpill')) await show().catch(trouble);
  if (event.target.closest('[data-retry]')) { next = 0; beat(); }
});

/* Endless as far as the page can be kept fresh; behind that somebody asks. */
let adding = false;
list.addEventListener('scroll', async () => {
  const link = list.querySelector('[data-more]');
  if (adding || !link || rowsOf(list).size >= MOST || link.getBoundingClientRect().top > list.getBoundingClientRect().bottom + NEAR) return;
  adding = true;
  await more(link, { focus: false }).catch(() => link.removeAttribute('aria-busy'));
  adding = false;
}, { passive: true });

// ---- the beat, and what happens when nobody answers ----

const ago = seconds => seconds < 90 ? `${seconds} seconds ago` : `${Math.round(seconds / 60)} minutes ago`;

const well = () => {
  heard = Date.now(); wait = every; next = heard + every;
  if (!isPane) offline.hidden = signedOut.hidden = true;
};

const trouble = error => {
  wait = Math.min(wait * 2, SLOWEST); next = Date.now() + wait;
  list.querySelector('.skeleton ~ [role=alert]')?.removeAttribute('hidden');
  if (error instanceof SignedOut && !isPane) { signedOut.hidden = false; signedOut.querySelector('a').href = location.href; }
};

const paint = () => {
  if (isPane) return;
  const silent = Date.now() - heard;
  const stopped = silent > STALE && signedOut.hidden;
  if (offline.hidden === stopped) offline.hidden = !stopped;
  if (stopped) {
    offline.querySelector('[data-silent]').textContent = ago(Math.round(silent / 1000));
    offline.querySelector('[data-countdown]').textContent = Math.max(0, Math.ceil((next - Date.now()) / 1000));
  }
  const fine = silent < STALE;
  live.hidden = false;
  live.querySelector('.dot').className = `dot ${fine ? 'is-ok' : 'is-due'}`;
  live.querySelector('[data-on]').hidden = !fine;
  live.querySelector('[data-off]').hidden = fine;
};

const beat = async () => {
  // A pane that the screen has no room for asks for nothing.
  if (busy || document.hidden || Date.now() < next || !list.offsetParent) return;
  busy = true;
  await refresh().then(well, trouble);
  busy = false;
};

const wake = () => { if (!document.hidden) { next = 0; beat(); } };
document.addEventListener('visibilitychange', wake);
addEventListener('online', wake);
// Told of changes, the page need not ask all the time; a moment's wait folds many hints into one question.
addEventListener('parley:live', event => { every = event.detail ? TOLD : ALONE; wake(); });
addEventListener('parley:tickets', () => { next = Math.min(next, Date.now() + 200 + Math.random() * 300); });
if (isPane && !rowsOf(list).size) next = 0;
paint();
beat();
setInterval(() => { beat(); if (!document.hidden) paint(); }, 500);
