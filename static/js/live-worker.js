/* One connection for all tabs of a browser: HTTP/1.1 allows six to a host, and an agent opens more tabs than that.
   Tells every tab what the server says, and a new tab what is known already. */
const AGAIN = 15000;
const ports = new Set();
const places = new Map();
let source = null, on = false;

const tell = message => { for (const port of ports) port.postMessage(message); };
const state = now => { if (now !== on) { on = now; tell({ kind: 'state', on }); } };

const connect = url => {
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource(url, { withCredentials: true });
  source.addEventListener('hello', () => { state(true); tell({ kind: 'tickets', numbers: null }); });
  source.addEventListener('resync', () => tell({ kind: 'tickets', numbers: null }));
  source.addEventListener('tickets', event => tell({ kind: 'tickets', ...JSON.parse(event.data) }));
  source.addEventListener('notified', () => tell({ kind: 'notified' }));
  source.addEventListener('calls', () => tell({ kind: 'calls' }));
  source.addEventListener('presence', event => {
    const place = JSON.parse(event.data);
    if (place.people.length) places.set(place.number, place.people); else places.delete(place.number);
    tell({ kind: 'presence', ...place });
  });
  // After a lost connection the browser tries again by itself, after an answer that is no stream (503) it does not.
  source.addEventListener('error', () => { if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN, url); });
  // Whoever was there may have gone meanwhile, and the server tells who is.
  source.addEventListener('error', () => {
    state(false);
    for (const number of places.keys()) tell({ kind: 'presence', number, people: [] });
    places.clear();
  });
};

addEventListener('connect', event => {
  const [port] = event.ports;
  port.addEventListener('message', ({ data }) => {
    if (data.kind === 'bye') { ports.delete(port); return; }
    ports.add(port);
    connect(data.url);
    port.postMessage({ kind: 'state', on });
    for (const [number, people] of places) port.postMessage({ kind: 'presence', number, people });
  });
  port.start();
});
