/* Clocks tick on the page: [data-left] counts down seconds, [data-ago] counts up. The server stays the authority: each
   update of the page brings new numbers. The words are those of tickets/templatetags/tickets.py. */
const born = new WeakMap();
const two = n => String(n).padStart(2, '0');

const span = seconds => {
  const minutes = Math.floor(Math.max(0, seconds) / 60), hours = Math.floor(minutes / 60);
  if (minutes < 60) return `${minutes}m`;
  return hours < 24 ? `${hours}h ${two(minutes % 60)}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
};
const countdown = seconds => seconds < 3600 ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}` : span(seconds);

const left = seconds => {
  if (seconds > 0) return countdown(seconds);
  return seconds > -60 ? 'due now' : `${span(-seconds)} over`;
};

const gone = element => {
  if (!born.has(element)) born.set(element, performance.now());
  return Math.floor((performance.now() - born.get(element)) / 1000);
};

const write = (element, text) => {
  const place = element.matches('time') ? element : element.querySelector('time');
  if (place.textContent !== text) place.textContent = text;
};

const tick = () => {
  for (const element of document.querySelectorAll('[data-left]')) write(element, left(element.dataset.left - gone(element)));
  for (const element of document.querySelectorAll('[data-ago]')) write(element, span(+element.dataset.ago + gone(element)));
};

tick();
setInterval(tick, 1000);
