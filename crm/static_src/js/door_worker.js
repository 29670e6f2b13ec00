// The service worker of one check-in page: its scope is the page's own address. Without a network, or when the
// server is ill, the page comes from the copy js/door_copy.js made of it; taps wait in the page's own queue.
const LONGEST = 24 * 3_600_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url.pathname));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(event.request));
});

async function page(request, path) {
  const answer = await fetch(request).catch(() => Response.error());
  if (answer.type !== "error" && answer.status < 500) {
    // Signed out, or not allowed any more: nothing of it stays on the phone.
    if (!answer.ok) await forget(path);
    return answer;
  }
  const kept = await (await caches.open("door")).match(path, { ignoreVary: true });
  if (kept && Date.now() - Date.parse(kept.headers.get("date")) < LONGEST) return kept;
  await forget(path);
  return answer;
}

async function asset(request) {
  return (await (await caches.open("door")).match(request, { ignoreVary: true })) ?? fetch(request);
}

async function forget(path) {
  await (await caches.open("door")).delete(path, { ignoreVary: true });
}
