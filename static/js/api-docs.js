/* The pages of the API: Swagger UI on our own description. Things are tried out with the session of the browser. */
const docs = document.getElementById('docs');
const dark = matchMedia('(prefers-color-scheme: dark)');

const paint = () => {
  const chosen = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle('dark-mode', chosen ? chosen === 'dark' : dark.matches);
};

const withCsrf = request => {
  if (request.method && request.method !== 'GET') request.headers['X-CSRFToken'] = docs.dataset.csrf;
  return request;
};

dark.addEventListener('change', paint);
paint();
window.SwaggerUIBundle({
  domNode: docs,
  url: docs.dataset.schema,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  requestInterceptor: withCsrf,
});
