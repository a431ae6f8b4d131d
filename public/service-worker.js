// Keeps the app on the device, so that it opens without a network; wakes the page when the network is back. Nothing else.
//
// It never touches the API, nor anything but GET: what is kept of a person lies in the vault (public/vault.js), not here. The build
// writes the names of its files below, so every build is another service worker: the new one waits until nobody uses the old.
const BUILD = '__FILO_BUILD__';
/** Files whose name changes with their content. */
const HASHED = __FILO_HASHED__;
/** Files that a town changes without a build: the network first, the kept ones when it is silent. */
const PLAIN = __FILO_PLAIN__;
/** How long the network may be silent before what is kept stands in, in milliseconds. */
const PATIENCE_MS = 3_000;

self.addEventListener('install', (event) => event.waitUntil(precache()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', (event) => event.data === 'take over' && self.skipWaiting());
self.addEventListener('sync', (event) => event.waitUntil(wakePages()));
self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin || /^\/(api|open311)(\/|$)/.test(pathname)) return;
  if (mode === 'navigate') event.respondWith(page(event));
  else if (HASHED.includes(pathname)) event.respondWith(kept(event.request));
  else if (PLAIN.includes(pathname)) event.respondWith(fresh(event.request, pathname));
});

async function precache() {
  const cache = await caches.open(BUILD);
  await Promise.all([cache.addAll(HASHED), cache.addAll(['/', ...PLAIN].map((path) => new Request(path, { cache: 'no-cache' })))]);
}

/** A page opened with the build before may still fetch that build's files: its cache stays, older ones go. */
async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== BUILD).slice(0, -1).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** The newest page when the network gives one in time, else the one of this build. */
async function page(event) {
  const ask = async () => {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (answer.status >= 500) throw new Error(`status ${answer.status}`);
    return answer;
  };
  return inTime(ask(), () => caches.match('/', { cacheName: BUILD }));
}

async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function fresh(request, path) {
  const ask = async () => {
    const answer = await fetch(request);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const copy = answer.clone();
    await (await caches.open(BUILD)).put(path, copy).catch(() => {});
    return answer;
  };
  return inTime(ask(), () => caches.match(path, { cacheName: BUILD, ignoreVary: true }));
}

/** What the network gives; what is kept when it fails or is silent too long. Without anything kept, the network's own word. */
async function inTime(asked, instead) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const first = await Promise.race([asked.catch(() => undefined), late]);
  return first ?? (await instead()) ?? asked;
}

/** The pages send; without one open, the browser asks again later. */
async function wakePages() {
  const pages = await self.clients.matchAll({ type: 'window' });
  if (!pages.length) throw new Error('no page is open');
  for (const page of pages) page.postMessage('wake');
}
