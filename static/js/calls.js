/* Calls at this person's telephone: asked for when the live stream hints, when a page opens, and every 15 seconds without a stream. */
const place = document.getElementById('calls');
const AGAIN = 15000;
let live = false;

const ask = async () => {
  // What somebody is writing about the call stays.
  if ([...place.querySelectorAll('textarea')].some(notes => notes.value || notes === document.activeElement)) return;
  const response = await fetch(place.dataset.calls, { headers: { 'X-Requested-With': 'fetch' }, redirect: 'manual' });
  if (response.ok) place.innerHTML = await response.text();
};
const askSoon = () => { ask().catch(() => {}); };

if (place) {
  addEventListener('parley:calls', askSoon);
  addEventListener('parley:live', ({ detail }) => { live = detail; });
  addEventListener('parley:tickets', ({ detail }) => { if (!detail) askSoon(); });
  setInterval(() => { if (!live && !document.hidden) askSoon(); }, AGAIN);
  askSoon();
}
