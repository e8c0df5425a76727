/* `?` shows what every key does; so does the line in the menu of one's name. */
const shortcuts = document.getElementById('shortcuts');
const typing = element => element.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
const show = () => { if (!document.querySelector('dialog[open]')) shortcuts.showModal(); };

document.addEventListener('keydown', event => {
  if (event.key === '?' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) { event.preventDefault(); show(); }
});
document.addEventListener('click', event => {
  if (event.target.closest('[data-open=shortcuts]')) show();
  if (event.target === shortcuts) shortcuts.close();
});
