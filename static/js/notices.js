/* The bell's count, and notifications of the browser where they are allowed and nobody looks at the page. */
const bells = () => document.querySelectorAll('[data-unread]');
const address = document.querySelector('[data-news]')?.dataset.news;
let newest = +document.querySelector('[data-news]')?.dataset.newest, asking = false;

const show = ({ id, title, body, address: place }) => {
  // The same tag in every tab: one notification, however many are open.
  const shown = new Notification(title, { body, tag: `parley-${id}` });
  shown.addEventListener('click', () => { focus(); shown.close(); location.assign(place); });
};

const ask = async () => {
  if (asking || !address) return;
  asking = true;
  try {
    const response = await fetch(`${address}?after=${newest}`, { headers: { 'X-Requested-With': 'fetch' }, redirect: 'manual' });
    if (!response.ok) return;
    const news = await response.json();
    for (const bell of bells()) {
      bell.hidden = !news.unread;
      bell.firstChild.textContent = news.unread;
    }
    if (document.hidden && window.Notification?.permission === 'granted') news.show.forEach(show);
    newest = Math.max(newest, news.newest);
  } finally { asking = false; }
};
const askSoon = () => { ask().catch(() => {}); };

addEventListener('parley:notified', askSoon);
addEventListener('parley:tickets', ({ detail }) => { if (!detail) askSoon(); });
addEventListener('pageshow', event => { if (event.persisted) askSoon(); });

// ---- the page of choices ----

const state = document.getElementById('browser-notices'), allow = document.getElementById('allow-notices');
const describe = () => {
  const permission = window.Notification?.permission ?? 'missing';
  state.textContent = state.dataset[permission] ?? '';
  allow.hidden = permission !== 'default';
};
if (state) {
  describe();
  allow.addEventListener('click', () => Notification.requestPermission().then(describe));
}
