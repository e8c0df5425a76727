/* Loaded before the first paint, so that a theme chosen by hand never flashes the other one. */
(() => {
  const root = document.documentElement;
  const saved = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const save = theme => { try { localStorage.setItem('theme', theme); } catch { /* private mode */ } };
  if (saved()) root.dataset.theme = saved();
  document.addEventListener('click', event => {
    if (!event.target.closest('[data-theme-toggle]')) return;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    save(root.dataset.theme);
  });
})();
