// Fetches the feed every few seconds. Nothing is replaced while somebody writes in it or has a form open.
const FEEDS = ["threads", "messages"];

function busy(feed) {
  return feed.contains(document.activeElement) || feed.querySelector("details[open]") || feed.matches(":hover");
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of FEEDS) {
    const feed = document.getElementById(id), next = fresh.getElementById(id);
    if (feed && next && !busy(feed)) feed.replaceChildren(...next.childNodes);
  }
}

setInterval(() => refresh().catch(() => {}), 4000);
document.getElementById("person")?.addEventListener("change", (event) => event.target.form.submit());
