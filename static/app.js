/* Parley: what the pages do besides htmx. No framework, no build. Every handler is delegated, so it keeps working after an htmx swap. */
(() => {
  const $ = (s, el = document) => el.querySelector(s);
  const $$ = (s, el = document) => [...el.querySelectorAll(s)];
  const typing = el => el.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');

  // command palette: native <dialog>
  const palette = $('#palette');
  const openPalette = () => { if (palette && !palette.open) { palette.showModal(); $('input', palette).select(); } };
  if (palette?.hasAttribute('data-autoopen')) openPalette();
  palette?.addEventListener('click', e => { if (e.target === palette) palette.close(); });
  palette?.addEventListener('keydown', e => {
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
    e.preventDefault();
    const opts = $$('[role=option]', palette), at = opts.findIndex(o => o.getAttribute('aria-selected') === 'true');
    const next = opts[(at + (e.key === 'ArrowDown' ? 1 : -1) + opts.length) % opts.length];
    opts.forEach((o, k) => { o.id ||= 'po' + (k + 1); o.setAttribute('aria-selected', o === next); });
    $('input', palette).setAttribute('aria-activedescendant', next.id); next.scrollIntoView({ block: 'nearest' });
  });

  // queue: J/K move focus between rows, X selects
  const rows = () => $$('.row-link');
  const move = d => { const r = rows(), at = r.indexOf(document.activeElement); const n = r[Math.max(0, Math.min(r.length - 1, at + d))]; n?.focus(); n?.closest('.row').scrollIntoView({ block: 'nearest' }); };
  const KEYS = {
    j: () => move(1), k: () => move(-1),
    x: () => document.activeElement.closest('.row')?.querySelector('[name=ids]')?.click(),
    r: () => $('.composer textarea')?.focus(),
    '.': () => $('[data-newpill]')?.click(),
    z: () => $('[data-undo] button')?.click(),
  };
  document.addEventListener('keydown', e => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') { e.preventDefault(); openPalette(); return; }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || palette?.open) return;
    KEYS[e.key]?.();
  });
  document.addEventListener('change', e => { if (e.target.name === 'ids') e.target.closest('.row').classList.toggle('is-selected', e.target.checked); });
  document.addEventListener('click', e => {
    if (e.target.closest('[data-open=palette]')) openPalette();
    if (e.target.closest('[data-newpill]')) e.target.closest('[data-newpill]').remove();
    if (e.target.closest('[data-undo] button')) e.target.closest('[data-undo]').remove();
    if (e.target.closest('[data-side]')) { e.preventDefault(); $('#side').classList.toggle('is-open'); }
    else if (!e.target.closest('#side')) $('#side')?.classList.remove('is-open');
  });

  // posts: X counts a URL as 23, and characters outside its Latin ranges (CJK, emoji) as 2
  const weigh = s => { let n = 0; for (const ch of s.normalize('NFC').replace(/https?:\/\/\S+/g, '_'.repeat(23))) { const c = ch.codePointAt(0); n += c <= 0x10ff || (c >= 0x2000 && c <= 0x200d) || (c >= 0x2010 && c <= 0x201f) || (c >= 0x2032 && c <= 0x2037) ? 1 : 2; } return n; };
  const count = t => { const out = t.parentElement.querySelector('.counter'); if (!out) return; const n = weigh(t.value); $('span', out).textContent = `${n}/280`; $('circle + circle', out).setAttribute('stroke-dasharray', `${Math.min(100, n / 2.8)} 100`); out.classList.toggle('is-due', n > 260 && n <= 280); out.classList.toggle('is-breach', n > 280); };
  $$('textarea[data-count]').forEach(count);
  document.addEventListener('input', e => { if (e.target.matches('textarea[data-count]')) count(e.target); });

  // clocks tick on the page; the server stays the authority and re-sends data-left with every swap
  const fmt = s => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
  const t0 = Date.now();
  if (!location.hash.includes('still')) setInterval(() => { const gone = Math.floor((Date.now() - t0) / 1000);
    for (const el of $$('[data-left]')) { const t = el.matches('time') ? el : $('time', el), left = el.dataset.left - gone; if (left > 0) t.textContent = fmt(left); else { t.textContent = 'due now'; el.classList.add('is-breach'); } }
  }, 1000);

  $$('[data-bottom]').forEach(el => { el.scrollTop = el.scrollHeight; });
})();
