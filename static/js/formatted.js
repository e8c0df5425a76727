/* Frames of formatted messages are as high as what is in them. Heights are rules of a sheet of their own: an attribute would
   make the message differ from a fresh one, and it would be loaded again. Without this script a frame scrolls. */
const sheet = new CSSStyleSheet(), heights = new Map();
document.adoptedStyleSheets.push(sheet);

const fit = (frame, body) => {
  heights.set(frame.id, Math.ceil(body.getBoundingClientRect().height));
  sheet.replaceSync([...heights].map(([id, height]) => `#${id} { height: ${height}px }`).join('\n'));
};
const watch = frame => {
  const body = frame.contentDocument?.body;
  if (body?.childElementCount) new ResizeObserver(() => fit(frame, body)).observe(body);
};

document.addEventListener('load', event => { if (event.target.matches?.('.msg-html')) watch(event.target); }, true);
for (const frame of document.querySelectorAll('.msg-html')) if (frame.contentDocument?.readyState === 'complete') watch(frame);
