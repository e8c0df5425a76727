/* The macro picker of the composer: opened by its button or `/`, narrowed by typing. Its options are those of the plain list. */
const MOST = 8;
const composer = document.getElementById('composer');
const picker = document.getElementById('macro-picker');
const opener = document.getElementById('macro-open');

const start = () => {
  const search = picker.querySelector('input'), list = picker.querySelector('[role=listbox]'), foot = picker.querySelector('.picker-foot');
  const select = composer.elements.macro, use = composer.querySelector('[data-use-macro]'), text = composer.elements.text;
  const known = [...select.options].slice(1);
  let at = 0;

  const shown = () => [...list.children];
  const mark = index => {
    const options = shown();
    at = options.length ? (index + options.length) % options.length : 0;
    options.forEach((option, one) => option.setAttribute('aria-selected', one === at));
    const chosen = options[at], actions = chosen && known[chosen.dataset.at].dataset.actions;
    search.setAttribute('aria-activedescendant', chosen?.id ?? '');
    chosen?.scrollIntoView({ block: 'nearest' });
    foot.hidden = Boolean(chosen) && !actions;
    foot.textContent = chosen ? `${search.dataset.also} ${actions}` : search.dataset.nothing;
  };
  const option = (macro, index) => {
    const made = document.createElement('div');
    made.append(picker.querySelector('template').content.cloneNode(true));
    Object.assign(made, { className: 'opt', id: `macro-${macro.value}`, role: 'option' });
    made.dataset.at = index;
    made.querySelector('b').textContent = macro.text;
    made.querySelector('small').textContent = macro.dataset.text || macro.dataset.actions;
    return made;
  };
  const fill = () => {
    const words = search.value.toLowerCase().split(/\s+/);
    const fits = macro => words.every(word => `${macro.text} ${macro.dataset.text}`.toLowerCase().includes(word));
    list.replaceChildren(...known.map((macro, index) => [macro, index]).filter(([macro]) => fits(macro)).slice(0, MOST)
      .map(([macro, index]) => option(macro, index)));
    mark(0);
  };
  const close = () => { picker.hidden = true; text.focus(); };
  const open = () => { picker.hidden = false; search.value = ''; fill(); search.focus(); };

  const insert = ({ text: words, macro, actions, status }) => {
    text.value = [text.value.trimEnd(), words].filter(Boolean).join('\n\n');
    text.dispatchEvent(new Event('input', { bubbles: true }));
    const item = document.getElementById('also-one').content.cloneNode(true), name = known.find(one => one.value === String(macro)).text;
    item.querySelector('input').value = macro;
    item.querySelector('b').textContent = name;
    item.querySelector('small').textContent = actions.length ? ` ${search.dataset.also} ${actions.join(', ')}` : '';
    document.getElementById('also').append(item);
    const send = [...composer.querySelectorAll('.menu [name=then_status]')].find(one => status && one.value === status);
    if (!send) return;
    composer.querySelector('[data-send]').value = status;
    for (const then of composer.querySelectorAll('[data-then]')) then.textContent = send.dataset.label;
  };
  const choose = async () => {
    const chosen = shown()[at];
    if (!chosen) return;
    select.value = known[chosen.dataset.at].value;
    close();
    const response = await fetch(use.formAction, { method: 'POST', body: new FormData(composer), headers: { 'X-Requested-With': 'fetch' } });
    select.value = '';
    if (response.headers.get('Content-Type')?.startsWith('application/json')) insert(await response.json());
    else location.assign(response.url.endsWith('/macro/') ? composer.closest('[data-ticket]').dataset.url : response.url);
  };

  opener.addEventListener('click', () => { if (picker.hidden) open(); else close(); });
  search.addEventListener('input', fill);
  search.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(at + step);
    else if (event.key === 'Enter') choose();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener('pointerdown', event => {
    const chosen = event.target.closest('.opt');
    if (!chosen) return;
    event.preventDefault();
    mark(shown().indexOf(chosen));
    choose();
  });
  picker.addEventListener('focusout', event => { if (!picker.contains(event.relatedTarget) && event.relatedTarget !== opener) picker.hidden = true; });
};
if (picker) start();
