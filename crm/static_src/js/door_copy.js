// A copy of the check-in page and of what it loads, for the service worker to show while there is no network.

export async function install(worker) {
  try {
    await navigator.serviceWorker.register(worker);
    await navigator.serviceWorker.ready;
    await keep();
    return true;
  } catch {
    return false; // no service workers here (an address without TLS), or the network went this moment
  }
}

// The page as the server has it now: whoever is checked in shows so after a reload.
export async function keep() {
  const cache = await caches.open("door");
  const answer = await fetch(location.pathname);
  if (!answer.ok || answer.redirected) return;
  await cache.put(location.pathname, answer);
  const wanted = assets();
  const held = await cache.keys();
  const names = new Set(held.map((request) => request.url));
  await cache.addAll(wanted.filter((url) => !names.has(url)));
  for (const { url } of held) if (url.includes("/static/") && !wanted.includes(url)) await cache.delete(url);
}

function assets() {
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const named = [...document.querySelectorAll("link[href], script[src], use[href]")].map((one) => one.href?.baseVal ?? one.href ?? one.src);
  const urls = [...loaded, ...named, document.body.dataset.icons].map((one) => new URL(one, location.href));
  const ours = urls.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
  return [...new Set(ours.map((url) => `${url.origin}${url.pathname}`))];
}
