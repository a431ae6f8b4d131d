// Keeps the app on the device, so that it opens without a network; wakes the page when the network is back; shows notifications.
//
// It never touches the API, nor anything but GET: what is kept of a person lies in the vault (public/vault.js), not here. The build
// writes the names of its files below, so every build is another service worker: the new one waits until nobody uses the old.
const BUILD = '__FILO_BUILD__';
/** Files whose name changes with their content. */
const HASHED = __FILO_HASHED__;
/** Files that a town changes without a build: the kept ones at once, the new ones for the next time. */
const PLAIN = __FILO_PLAIN__;

self.addEventListener('install', (event) => event.waitUntil(precache()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', (event) => event.data === 'take over' && self.skipWaiting());
self.addEventListener('sync', (event) => event.waitUntil(wakePages()));
self.addEventListener('push', (event) => event.waitUntil(tell(event.data)));
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)));
self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin || /^\/(api|open311)(\/|$)/.test(pathname)) return;
  if (mode === 'navigate') event.respondWith(page(event.request));
  else if (HASHED.includes(pathname)) event.respondWith(kept(event.request));
  else if (PLAIN.includes(pathname)) event.respondWith(renewed(event, pathname));
});

async function precache() {
  const cache = await caches.open(BUILD);
  await Promise.all([cache.addAll(HASHED), cache.addAll(['/', ...PLAIN].map((path) => new Request(path, { cache: 'no-cache' })))]);
}

/** A page opened with the build before may still fetch that build's files: its cache stays, older ones go. */
async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== BUILD).slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page of this build, whose files are all here: nobody waits for the network. A new build says so by itself. */
async function page(request) {
  return (await caches.match('/', { cacheName: BUILD })) ?? fetch(request);
}

async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** What is kept, at once; meanwhile the network's answer takes its place for the next time. */
async function renewed(event, path) {
  const ask = async () => {
    const answer = await fetch(event.request);
    if (answer.ok) await (await caches.open(BUILD)).put(path, answer.clone());
    return answer;
  };
  const asked = ask();
  event.waitUntil(asked.catch(() => {}));
  return (await caches.match(path, { cacheName: BUILD, ignoreVary: true })) ?? asked;
}

/** The pages send; without one open, the browser asks again later. */
async function wakePages() {
  const pages = await self.clients.matchAll({ type: 'window' });
  if (!pages.length) throw new Error('no page is open');
  for (const page of pages) page.postMessage('wake');
}

/** Shows what the CRM has pushed (crm/src/channels/outgoing.rs). Browsers want something shown for every push, also for one that is not understood. */
async function tell(data) {
  let told = {};
  try {
    told = data.json();
  } catch {
    // It says only that there is something.
  }
  const { title = 'Filo', body = '', url = '/inbox', language = 'it' } = told;
  const tag = new URL(url, location.origin).pathname;
  await self.registration.showNotification(title, { body, lang: language, tag, renotify: true, icon: '/icons/filo-192.png', data: { url } });
}

/** Leads to what a notification is about: in a page that is open, where what was typed stays, else in a new one. */
async function open(notification) {
  notification.close();
  const url = new URL(notification.data?.url ?? '/', location.origin);
  if (url.origin !== location.origin) return;
  const [page] = await self.clients.matchAll({ type: 'window' });
  if (!page) return self.clients.openWindow(url.href);
  page.postMessage({ open: url.pathname + url.search });
  await page.focus();
}
