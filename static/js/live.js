/* Live updates in a page: hints that tickets changed become window events (`parley:tickets`, `parley:notified`, `parley:calls`, `parley:live`), and who is
   where shows itself in every <live-presence ticket="…">. Without a SharedWorker pages ask by themselves, as without this. */
const meta = document.querySelector('meta[name="parley-live"]');
const AGAIN = 15000;
const shown = new Set(), people = new Map();

// ---- who is where ----

const mark = person => {
  const item = document.createElement('span'), circle = document.createElement('span');
  item.className = `seen${person.state === 'replying' ? ' is-typing' : ''}`;
  item.title = `${person.name} is ${person.state}`;
  circle.className = `avatar hue-${person.hue} xs`;
  circle.textContent = person.initials;
  circle.setAttribute('role', 'img');
  circle.setAttribute('aria-label', person.name);
  item.append(circle, person.state);
  return item;
};

customElements.define('live-presence', class extends HTMLElement {
  connectedCallback() { shown.add(this); this.paint(); }
  disconnectedCallback() { shown.delete(this); }
  paint() {
    const others = (people.get(+this.getAttribute('ticket')) || []).filter(person => person.id !== +meta?.dataset.me);
    this.replaceChildren(...others.map(mark));
  }
});

// ---- what the server says ----

const hear = ({ data }) => {
  if (data.kind === 'state') dispatchEvent(new CustomEvent('parley:live', { detail: data.on }));
  if (data.kind === 'tickets') dispatchEvent(new CustomEvent('parley:tickets', { detail: data.numbers }));
  if (data.kind === 'notified') dispatchEvent(new Event('parley:notified'));
  if (data.kind === 'calls') dispatchEvent(new Event('parley:calls'));
  if (data.kind !== 'presence') return;
  people.set(data.number, data.people);
  for (const element of shown) if (+element.getAttribute('ticket') === data.number) element.paint();
};

if (meta && window.SharedWorker) {
  const { port } = new SharedWorker(meta.dataset.worker, { name: 'parley-live' });
  port.addEventListener('message', hear);
  port.start();
  const hello = () => port.postMessage({ kind: 'hello', url: new URL(meta.content, location).href });
  addEventListener('pageshow', hello);
  addEventListener('pagehide', () => port.postMessage({ kind: 'bye' }));
}

// ---- where this person is ----

const place = document.querySelector('[data-presence]');
const composer = document.getElementById('composer');
let doing = 'viewing', timer;

const say = state => {
  const body = new FormData();
  body.set('state', state);
  body.set('csrfmiddlewaretoken', composer.elements.csrfmiddlewaretoken.value);
  // A page that is being left may still send this.
  navigator.sendBeacon(place.dataset.presence, body);
};
const again = () => { clearTimeout(timer); if (!document.hidden) { say(doing); timer = setTimeout(again, AGAIN); } };

if (place && composer) {
  const text = composer.elements.text;
  text.addEventListener('input', () => {
    const now = text.value.trim() ? 'replying' : 'viewing';
    if (now !== doing) { doing = now; again(); }
  });
  addEventListener('pagehide', () => { clearTimeout(timer); say('left'); });
  addEventListener('pageshow', again);
  document.addEventListener('visibilitychange', () => { if (document.hidden) say('left'); else again(); });
}
