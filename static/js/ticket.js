/* An open ticket: it stays fresh without touching the draft, changes properties without leaving the page, counts what is
   written by asking the server, and keeps the draft on the server (in this tab while there is no line). Without this script all of it works by plain forms. */
const ALONE = 3000, TOLD = 15000, STALE = 20000, SLOWEST = 30000, TIMEOUT = 10000, PAUSE = 250, SAVE = 1000;
const page = document.querySelector('[data-ticket]');
const scroll = document.getElementById('scroll');
const newer = document.getElementById('newer');
const stopped = document.getElementById('stopped');
const composer = document.getElementById('composer');
const text = composer.elements.text;
const address = page.dataset.url + (new URLSearchParams(location.search).has('all') ? '?all=1' : '');
let etag = page.dataset.etag, every = ALONE, heard = Date.now(), wait = every, next = heard + every, busy = false;

// ---- reading position: only what was in view counts as seen, for the send guard ----

const atBottom = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
const toBottom = () => { scroll.scrollTop = scroll.scrollHeight; };
const noteSeen = () => {
  if (document.hidden || !atBottom()) return;
  newer.hidden = true;
  composer.elements.seen.value = document.getElementById('timeline').dataset.seen;
};

// ---- putting fresh parts into the page ----

const keepOpen = (old, fresh) => {
  const opened = old.querySelectorAll('details');
  fresh.querySelectorAll('details').forEach((details, at) => { details.open = opened[at]?.open ?? false; });
};

const merge = (list, fresh) => {
  const known = new Map([...list.children].map(item => [item.id, item]));
  let place = list.firstElementChild;
  for (const item of [...fresh.children]) {
    const old = known.get(item.id);
    if (old) keepOpen(old, item);
    const node = old?.isEqualNode(item) ? old : document.importNode(item, true);
    if (node === place) { place = place.nextElementSibling; continue; }
    if (old === place && old) place = place.nextElementSibling;
    if (old && old !== node) old.remove();
    list.insertBefore(node, place);
  }
  while (place) { const gone = place; place = place.nextElementSibling; gone.remove(); }
  list.dataset.seen = fresh.dataset.seen;
  return [...list.querySelectorAll(':scope > .msg')].some(item => !known.has(item.id));
};

const inUse = part => part.contains(document.activeElement) || part.querySelector(':popover-open');

/* Returns whether all of it was put: a part that somebody is using waits for the next time. */
const put = (html, { force = false } = {}) => {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  let whole = true;
  const stay = atBottom();
  for (const part of fresh.querySelectorAll('[data-live]')) {
    const old = document.querySelector(`[data-live="${part.dataset.live}"]`);
    if (part.dataset.live === 'timeline') {
      if (merge(old, part) && !stay) newer.hidden = false;
    } else if (part.dataset.live === 'notices' && !part.childElementCount && !force) {
      continue;
    } else if (!force && inUse(old)) {
      whole = false;
    } else if (!old.isEqualNode(part)) {
      old.replaceWith(document.importNode(part, true));
    }
  }
  if (stay) toBottom();
  noteSeen();
  return whole;
};

// ---- asking ----

class SignedOut extends Error {}

const refresh = async () => {
  const response = await fetch(address, {
    headers: { 'X-Requested-With': 'fetch', 'If-None-Match': etag }, cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT),
  });
  if (response.type === 'opaqueredirect') throw new SignedOut();
  if (response.status === 304) return;
  if (!response.ok) throw new Error(`answered ${response.status}`);
  etag = put(await response.text()) ? response.headers.get('ETag') : '';
};

const well = () => { heard = Date.now(); wait = every; next = heard + every; stopped.hidden = true; };
const trouble = error => {
  wait = Math.min(wait * 2, SLOWEST); next = Date.now() + wait;
  if (error instanceof SignedOut || Date.now() - heard > STALE) stopped.hidden = false;
};
const beat = async () => {
  if (busy || document.hidden || Date.now() < next) return;
  busy = true;
  await refresh().then(well, trouble);
  busy = false;
};

// ---- property changes, retries: the same forms, without leaving ----

const change = async (form, button) => {
  const to = button?.hasAttribute('formaction') ? button.formAction : form.action;
  const response = await fetch(to, { method: 'POST', body: new FormData(form, button), headers: { 'X-Requested-With': 'fetch' } });
  if (response.redirected || !response.ok) { location.assign(response.redirected ? response.url : address); return; }
  for (const menu of document.querySelectorAll(':popover-open')) menu.hidePopover();
  if (form.querySelector('input:not([type=hidden])')) form.reset();
  put(await response.text(), { force: true });
  etag = response.headers.get('ETag');
};

document.addEventListener('submit', event => {
  const form = event.target, button = event.submitter;
  if (!form.matches('[data-swap]') || button?.matches('[data-leave]')) return;
  event.preventDefault();
  button?.setAttribute('aria-busy', 'true');
  change(form, button).catch(() => { stopped.hidden = false; }).finally(() => button?.removeAttribute('aria-busy'));
});

// ---- the composer ----

const draftKey = `draft:${page.dataset.url}`;
const mode = () => composer.querySelector('[name=way]:checked');
const counter = () => composer.querySelector(`.counter[data-for="${mode()?.dataset.slot}"]`);
const senders = composer.querySelectorAll('[name=then_status], [data-more]');
let counting, timer;
// Files that cannot go this way, or are still on their way to the server.
const filesBlock = () => composer.hasAttribute('data-storing') || composer.querySelector(`[data-problem][data-for="${mode()?.dataset.slot}"]`);
const letSend = ok => { for (const button of senders) button.disabled = !ok || Boolean(filesBlock()); };

const parts = document.getElementById('parts');
const paintParts = texts => {
  parts.hidden = !texts.length;
  parts.querySelector('input').value = texts.length || '';
  parts.querySelector('ol').replaceChildren(...texts.map(words => {
    const item = document.createElement('li');
    item.dir = 'auto';
    item.textContent = words;
    return item;
  }));
  for (const place of composer.querySelectorAll('[data-as-parts]')) {
    place.hidden = !texts.length;
    place.querySelector('[data-parts]').textContent = texts.length;
  }
};

const paint = (length, most, texts = []) => {
  const out = counter(), over = length > most && !texts.length;
  paintParts(texts);
  if (!out) return;
  out.querySelector('span').textContent = `${length}/${most}`;
  out.querySelector('circle + circle').setAttribute('stroke-dasharray', `${Math.min(100, 100 * length / most)} 100`);
  out.classList.toggle('is-due', length > most * .93 && length <= most);
  out.classList.toggle('is-breach', over);
  // Nobody counts towards ten thousand before it matters.
  out.classList.toggle('is-roomy', most > 1000 && length < most * .8);
  letSend(!over);
};

const count = async () => {
  const way = mode(), most = +way.dataset.max;
  counting?.abort();
  letSend(true);
  if (!most) { paintParts([]); return; }
  if (!text.value) { paint(0, most); return; }
  counting = new AbortController();
  const body = new FormData();
  body.set('text', text.value);
  body.set('visibility', way.dataset.mode);
  body.set('csrfmiddlewaretoken', composer.elements.csrfmiddlewaretoken.value);
  const response = await fetch(way.dataset.count, { method: 'POST', body, signal: counting.signal, headers: { 'X-Requested-With': 'fetch' } });
  if (!response.ok) return;
  const counted = await response.json();
  paint(counted.length, most, counted.parts);
};
const countSoon = () => { clearTimeout(timer); timer = setTimeout(() => count().catch(() => {}), PAUSE); };

const describe = () => { if (mode()) text.setAttribute('aria-describedby', `band-${mode().dataset.slot}`); };
const choose = name => {
  const radio = composer.querySelector(`[data-mode=${name}]:not([data-blocked])`);
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event('change', { bubbles: true }));
  text.focus();
};
const keep = () => { try { sessionStorage.setItem(draftKey, text.value); } catch { /* private mode */ } };
const kept = () => { try { return sessionStorage.getItem(draftKey) || ''; } catch { return ''; } };

const saved = document.getElementById('saved');
let saving, saver, leaving = false;
const save = async () => {
  if (leaving) return;
  saver = new AbortController();
  const response = await fetch(composer.dataset.draft, {
    method: 'POST', body: new FormData(composer), signal: AbortSignal.any([saver.signal, AbortSignal.timeout(TIMEOUT)]), headers: { 'X-Requested-With': 'fetch' },
  });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  try { sessionStorage.removeItem(draftKey); } catch { /* private mode */ }
  saved.textContent = text.value.trim() ? saved.dataset.saved : '';
};
const saveLater = () => { saved.textContent = saved.dataset.unsaved; if (!leaving) saving = setTimeout(saveSoon, TIMEOUT); };
const saveSoon = () => {
  clearTimeout(saving);
  saved.textContent = '';
  saving = setTimeout(() => save().catch(saveLater), SAVE);
};

composer.addEventListener('input', event => {
  if (event.target === text) { keep(); countSoon(); }
  if (event.target === text || event.target.name === 'subject') saveSoon();
});
composer.addEventListener('change', event => {
  if (event.target.name !== 'way') return;
  describe();
  count().catch(() => {});
  if (text.value) saveSoon();
});
composer.addEventListener('parley:files', countSoon);
composer.addEventListener('submit', () => {
  // What is on its way must not come back as a draft after it was sent.
  leaving = true;
  clearTimeout(saving);
  saver?.abort();
  try { sessionStorage.removeItem(draftKey); } catch { /* private mode */ }
  // After the browser has read the form: a second click must not send it twice.
  setTimeout(() => { for (const button of senders) button.disabled = true; });
});
addEventListener('pageshow', event => {
  if (!event.persisted) return;
  leaving = false;
  letSend(true);
});

composer.addEventListener('click', event => {
  const invite = event.target.closest('[data-invite]');
  if (!invite) return;
  event.preventDefault();
  text.value = [text.value.trimEnd(), invite.dataset.invite].filter(Boolean).join('\n\n');
  text.dispatchEvent(new Event('input', { bubbles: true }));
  text.focus();
});

composer.addEventListener('click', event => {
  const found = event.target.closest('[data-remove]')?.dataset.remove.split('\n');
  if (!found) return;
  for (const words of found) text.value = text.value.replaceAll(words, '');
  document.getElementById('held').remove();
  text.dispatchEvent(new Event('input', { bubbles: true }));
  text.focus();
});

document.addEventListener('click', event => {
  const card = event.target.closest('[data-quote]')?.closest('.msg');
  if (!card) return;
  const quoted = card.querySelector('.msg-body')?.textContent.trim().split('\n').map(line => `> ${line}`).join('\n') ?? '';
  text.value = [text.value.trimEnd(), quoted, ''].filter((words, at) => words || at === 2).join('\n\n');
  text.dispatchEvent(new Event('input', { bubbles: true }));
  text.focus();
});

const KEYS = {
  r: () => text.focus(),
  p: () => choose('public'),
  d: () => choose('private'),
  b: () => choose('note'),
  '/': () => document.getElementById('macro-open')?.click(),
  z: () => document.querySelector('[data-undo] button')?.click(),
};
// The head's buttons name their own keys; one that opens a menu hands the keyboard on to it.
const press = key => {
  const button = document.querySelector(`#conv-head [aria-keyshortcuts="${key}"]`);
  button?.click();
  button?.popoverTargetElement?.querySelector('input:not([type=hidden]), button')?.focus();
  return button;
};
document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && composer.contains(event.target)) {
    event.preventDefault();
    composer.requestSubmit(composer.querySelector('[data-send]'));
  }
});
document.addEventListener('parley:key', told => {
  const key = told.detail;
  if (KEYS[key]) { told.preventDefault(); KEYS[key](); }
  else if (/^[a-z]$/.test(key) && press(key)) told.preventDefault();
});

// ---- the customer's drawer on small screens ----

document.addEventListener('click', event => {
  const side = document.getElementById('side');
  if (event.target.closest('[data-side]')) { event.preventDefault(); side.classList.toggle('is-open'); }
  else if (!side.contains(event.target)) side.classList.remove('is-open');
});

// ---- what ticks ----

const born = new WeakMap();
const countDown = () => {
  for (const element of document.querySelectorAll('[data-seconds]')) {
    if (!born.has(element)) born.set(element, Date.now());
    const left = Math.ceil(element.dataset.seconds - (Date.now() - born.get(element)) / 1000);
    element.textContent = Math.max(0, left);
    if (left <= 0) element.closest('[data-undo]')?.querySelector('button')?.remove();
  }
};

newer.addEventListener('click', () => { toBottom(); noteSeen(); });
scroll.addEventListener('scroll', noteSeen, { passive: true });
const wake = () => { if (!document.hidden) { next = 0; beat(); noteSeen(); } };
document.addEventListener('visibilitychange', wake);
addEventListener('online', wake);
addEventListener('parley:live', event => { every = event.detail ? TOLD : ALONE; wake(); });
addEventListener('parley:tickets', ({ detail }) => { if (!detail || detail.includes(+page.dataset.number)) { next = 0; beat(); } });
if (kept()) { text.value = kept(); saveSoon(); } else if (text.value) saved.textContent = saved.dataset.saved;
// A link to a message of long ago: it is on the whole page.
if (/^#m\d+$/.test(location.hash) && !document.querySelector(location.hash) && document.getElementById('earlier')) location.replace(`${page.dataset.url}?all=1${location.hash}`);
if (!document.querySelector(':target')) toBottom();
describe();
countSoon();
setInterval(() => { beat(); countDown(); }, 500);
