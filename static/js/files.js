/* Files of an answer: chosen, dropped or pasted, they go to the server at once and stay with the draft. Without this
   script they go with the form. */
const composer = document.getElementById('composer');
const input = composer.elements.files, opener = document.getElementById('attach'), written = document.getElementById('written');
const box = composer.querySelector('.compose-box');
let storing = 0;

const tell = () => { composer.toggleAttribute('data-storing', storing > 0); composer.dispatchEvent(new Event('parley:files')); };
const say = (words, role = 'alert') => {
  const line = document.createElement('p');
  line.className = 'file-refused';
  line.setAttribute('role', role);
  line.textContent = words;
  written.prepend(line);
};
const show = async response => {
  if (!response.ok || response.redirected) throw new Error(`answered ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  written.replaceChildren(...document.importNode(fresh.body, true).childNodes);
};
const post = async (url, body) => {
  storing += 1;
  tell();
  try {
    await show(await fetch(url, {
      method: 'POST', body, headers: { 'X-Requested-With': 'fetch', 'X-CSRFToken': composer.elements.csrfmiddlewaretoken.value },
    }));
  } catch { say(written.dataset.failed); }
  storing -= 1;
  tell();
};

const store = async files => {
  const most = +input.dataset.most, large = files.filter(file => file.size > most), rest = files.filter(file => file.size <= most);
  if (rest.length) {
    const body = new FormData();
    body.set('way', composer.elements.way.value || 'note');
    for (const file of rest) body.append('files', file);
    say(written.dataset.storing, 'status');
    await post(input.dataset.url, body);
  }
  for (const file of large) say(`${file.name} ${written.dataset.tooLarge}`);
};

input.addEventListener('change', () => { const files = [...input.files]; input.value = ''; store(files); });
opener.addEventListener('click', () => input.click());
written.addEventListener('click', event => {
  const button = event.target.closest('[data-detach]');
  if (!button) return;
  event.preventDefault();
  post(button.formAction, new FormData()).then(() => opener.focus());
});

composer.elements.text.addEventListener('paste', event => {
  const files = [...event.clipboardData.files];
  // A table copied from a sheet is a picture, too: its text is what was meant.
  if (!files.length || event.clipboardData.types.includes('text/plain')) return;
  event.preventDefault();
  store(files);
});
const carriesFiles = event => event.dataTransfer?.types.includes('Files');
composer.addEventListener('dragover', event => { if (carriesFiles(event)) { event.preventDefault(); box.classList.add('is-over'); } });
composer.addEventListener('dragleave', event => { if (!composer.contains(event.relatedTarget)) box.classList.remove('is-over'); });
composer.addEventListener('drop', event => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  box.classList.remove('is-over');
  store([...event.dataTransfer.files]);
});

const describe = () => { opener.title = composer.querySelector('[name=way]:checked')?.dataset.files ?? ''; };
composer.addEventListener('change', event => { if (event.target.name === 'way') describe(); });
describe();
