/* The ticket's page: the side drawer, the counter of a reply, and a timeline that opens at its end. */
(() => {
  const $ = (s, el = document) => el.querySelector(s);
  const $$ = (s, el = document) => [...el.querySelectorAll(s)];

  document.addEventListener('click', e => {
    if (e.target.closest('[data-side]')) { e.preventDefault(); $('#side').classList.toggle('is-open'); }
    else if (!e.target.closest('#side')) $('#side')?.classList.remove('is-open');
  });

  // posts: X counts a URL as 23, and characters outside its Latin ranges (CJK, emoji) as 2
  const weigh = s => { let n = 0; for (const ch of s.normalize('NFC').replace(/https?:\/\/\S+/g, '_'.repeat(23))) { const c = ch.codePointAt(0); n += c <= 0x10ff || (c >= 0x2000 && c <= 0x200d) || (c >= 0x2010 && c <= 0x201f) || (c >= 0x2032 && c <= 0x2037) ? 1 : 2; } return n; };
  const count = t => { const out = t.parentElement.querySelector('.counter'); if (!out) return; const n = weigh(t.value); $('span', out).textContent = `${n}/280`; $('circle + circle', out).setAttribute('stroke-dasharray', `${Math.min(100, n / 2.8)} 100`); out.classList.toggle('is-due', n > 260 && n <= 280); out.classList.toggle('is-breach', n > 280); };
  $$('textarea[data-count]').forEach(count);
  document.addEventListener('input', e => { if (e.target.matches('textarea[data-count]')) count(e.target); });

  $$('[data-bottom]').forEach(el => { el.scrollTop = el.scrollHeight; });
})();
