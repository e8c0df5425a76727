/* The palette: Ctrl K over any page. What it lists are links, so that Enter, a click and a new tab all do what they say;
   without this script the button in the navigation leads to the search page. */
const palette = document.getElementById('palette');
const input = palette.querySelector('input');
const list = document.getElementById('palette-list');
const PAUSE = 120;
let timer, asking;

const options = () => [...list.querySelectorAll('[role=option]')];
const chosen = () => list.querySelector('[aria-selected=true]');
const choose = option => {
  for (const other of options()) other.setAttribute('aria-selected', other === option);
  if (!option) { input.removeAttribute('aria-activedescendant'); return; }
  option.id ||= `palette-${options().indexOf(option)}`;
  input.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
};

const fill = async () => {
  asking?.abort();
  asking = new AbortController();
  const url = new URL(palette.dataset.url, location);
  url.searchParams.set('q', input.value);
  const response = await fetch(url, { headers: { 'X-Requested-With': 'fetch' }, signal: asking.signal, redirect: 'manual' });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  list.replaceChildren(...document.importNode(fresh.body, true).childNodes);
  choose(options()[0]);
};
const fillSoon = () => { clearTimeout(timer); timer = setTimeout(() => fill().catch(() => {}), PAUSE); };

const open = () => {
  if (palette.open) return;
  palette.showModal();
  input.select();
  fill().catch(() => {});
};

document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); open(); }
});
document.addEventListener('click', event => {
  if (event.target.closest('[data-open=palette]')) { event.preventDefault(); open(); }
  if (event.target === palette) palette.close();
});
input.addEventListener('input', fillSoon);
input.addEventListener('keydown', event => {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!move) return;
  event.preventDefault();
  const all = options();
  choose(all[(all.indexOf(chosen()) + move + all.length) % all.length]);
});
palette.querySelector('form').addEventListener('submit', event => {
  const option = chosen();
  if (!option) return;
  event.preventDefault();
  location.assign(option.href);
});
