/* Keys without Ctrl: one place decides whether one is meant as a command, and tells the page by `parley:key`; who acts on it cancels it.
   `?` shows what every key does; so does the line in the menu of one's name. */
const shortcuts = document.getElementById('shortcuts');
const off = document.documentElement.dataset.keys === 'off';
const typing = element => element.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (off && event.key !== 'Escape' || document.querySelector('dialog[open], :popover-open')) return;
  if (!document.dispatchEvent(new CustomEvent('parley:key', { detail: event.key, cancelable: true }))) event.preventDefault();
});

const show = () => shortcuts.showModal();
document.addEventListener('parley:key', told => { if (told.detail === '?') { told.preventDefault(); show(); } });
document.addEventListener('click', event => {
  if (event.target.closest('[data-open=shortcuts]')) show();
  if (event.target === shortcuts) shortcuts.close();
});
