/* The queue by keyboard: J K move, X selects, I takes, . shows new ones; Enter follows the focused link by itself. */
const list = document.getElementById('list');
const bulk = document.getElementById('bulk');
const typing = element => element.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
const current = () => document.activeElement.closest('.row');

const move = step => {
  const links = [...list.querySelectorAll('.row-link')];
  const at = links.indexOf(current()?.querySelector('.row-link'));
  const link = links[Math.max(0, Math.min(links.length - 1, at + step))];
  link?.focus({ preventScroll: true });
  link?.closest('.row').scrollIntoView({ block: 'nearest' });
};

const take = () => {
  const row = current();
  if (bulk.querySelector('[data-selected]') && list.querySelector(':checked')) bulk.requestSubmit();
  else row?.querySelector('[name=one]').click();
};

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector('[name=ids]').click(),
  i: take,
  '.': () => document.getElementById('newpill').click(),
  Escape: () => bulk.reset(),
};

const count = () => {
  const n = list.querySelectorAll('[name=ids]:checked').length;
  bulk.querySelector('[data-selected]').textContent = `${n} selected`;
  for (const box of list.querySelectorAll('[name=ids]')) box.closest('.row').classList.toggle('is-selected', box.checked);
};

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('.menu:popover-open')) return;
  KEYS[event.key]?.();
});
document.addEventListener('change', event => { if (event.target.name === 'ids') count(); });
bulk.addEventListener('reset', () => setTimeout(count));
