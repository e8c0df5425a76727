/* Measures how long this person works at the open ticket: while the page is in view and in front, and was touched within
   five minutes. Switching away ends a session. Only they and their lead see what comes of it. */
const IDLE = 300000, LONGEST = 3600000, LOOK = 5000;
const page = document.querySelector('[data-focus]');
const token = document.querySelector('#composer [name=csrfmiddlewaretoken]').value;
let since = 0, touched = 0;

const begin = () => {
  touched = Date.now();
  if (!since && !document.hidden && document.hasFocus()) since = touched;
};

const end = () => {
  if (!since) return;
  const seconds = Math.round((Math.min(Date.now(), touched + IDLE) - since) / 1000);
  since = 0;
  if (seconds < 3) return;
  const body = new FormData();
  body.set('seconds', seconds);
  body.set('csrfmiddlewaretoken', token);
  navigator.sendBeacon(page.dataset.focus, body);
};

for (const kind of ['pointermove', 'pointerdown', 'keydown', 'wheel', 'scroll', 'focus']) {
  addEventListener(kind, begin, { capture: true, passive: true });
}
document.addEventListener('visibilitychange', () => (document.hidden ? end() : begin()));
addEventListener('blur', event => { if (event.target === window) end(); });
addEventListener('pagehide', end);
setInterval(() => {
  if (since && (Date.now() - touched > IDLE || Date.now() - since > LONGEST)) end();
}, LOOK);
begin();
