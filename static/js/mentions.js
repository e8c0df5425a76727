/* Colleagues by name in a note: `@` opens a list that typing narrows. The names are those of the page. */
const MOST = 6;
const composer = document.getElementById('composer');
const picker = document.getElementById('mention-picker'), colleagues = document.getElementById('colleagues');
const text = composer.elements.text;
const people = [...colleagues.content.children];
// What was typed since the last @ that begins a word.
const CALL = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}_][\p{L}\p{N}_ .'’-]{0,40}|)$/u;
let at = 0;

const called = () => (composer.elements.way.value === 'note' ? CALL.exec(text.value.slice(0, text.selectionStart))?.[1] : undefined);
const options = () => [...picker.children];
const mark = index => {
  const all = options();
  at = (index + all.length) % all.length;
  all.forEach((option, one) => option.setAttribute('aria-selected', one === at));
  text.setAttribute('aria-activedescendant', all[at].id);
};
const close = () => {
  picker.hidden = true;
  text.removeAttribute('aria-activedescendant');
};
const fill = () => {
  const begun = called()?.toLowerCase();
  const fits = person => person.dataset.name.toLowerCase().split(' ').some((_, word, words) => words.slice(word).join(' ').startsWith(begun));
  const found = begun === undefined ? [] : people.filter(fits).slice(0, MOST);
  if (!found.length) { close(); return; }
  picker.replaceChildren(...found.map(person => document.importNode(person, true)));
  picker.hidden = false;
  mark(0);
};
const choose = option => {
  const end = text.selectionStart, start = end - called().length;
  text.setRangeText(`${option.dataset.name} `, start, end, 'end');
  close();
  text.dispatchEvent(new Event('input', { bubbles: true }));
};

text.setAttribute('aria-autocomplete', 'list');
text.setAttribute('aria-controls', picker.id);
text.addEventListener('input', fill);
text.addEventListener('keydown', event => {
  if (picker.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(at + step);
  else if (event.key === 'Enter' || event.key === 'Tab') choose(options()[at]);
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
});
picker.addEventListener('pointerdown', event => {
  const option = event.target.closest('.opt');
  if (!option) return;
  event.preventDefault();
  choose(option);
});
text.addEventListener('blur', close);
