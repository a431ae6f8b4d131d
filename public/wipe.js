// Between two citizens at the help desk: wipes what this browser has of the site, and looks whether anything is left. Loaded by src/help_desk.
//
// `Clear-Site-Data` alone is not enough: browsers do it late, in part, or not at all. What is open now closes when the page is loaded anew,
// so the look wipes once more before it looks.

/** How long a database may take to go, in milliseconds: one that is open elsewhere never does. */
const PATIENCE_MS = 3_000;
/** What is never to be found in a cache: the answers of the CRM. */
const API = '/api/';

/** Throws everything away. What cannot be thrown away is found by `check`. */
export async function wipe() {
  const tries = [
    async () => localStorage.clear(),
    async () => sessionStorage.clear(),
    async () => {
      for (const pair of document.cookie.split(';')) {
        const name = pair.split('=')[0].trim();
        if (name) document.cookie = `${name}=; Path=/; Max-Age=0`;
      }
    },
    async () => Promise.all((await indexedDB.databases()).map(({ name }) => gone(name))),
    async () => Promise.all((await caches.keys()).map((name) => caches.delete(name))),
    async () => Promise.all((await (navigator.serviceWorker?.getRegistrations() ?? [])).map((worker) => worker.unregister())),
  ];
  await Promise.allSettled(tries.map((one) => one()));
}

/** A database goes, or its time is over. */
function gone(name) {
  return new Promise((done) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = done;
    setTimeout(done, PATIENCE_MS);
  });
}

/** The names of what is clean, as JSON. `me`: the CRM's address that says who is signed in. */
export async function check(me) {
  await wipe();
  const looks = {
    session: async () => (await fetch(me, { headers: { 'x-filo': '1' }, cache: 'no-store' })).status === 401,
    cookies: async () => document.cookie === '',
    storage: async () => localStorage.length + sessionStorage.length === 0,
    databases: async () => (await indexedDB.databases()).length === 0,
    caches: async () => !(await cached()).some((url) => new URL(url).pathname.startsWith(API)),
    // The document itself was loaded at this address: nothing in its memory is older.
    memory: async () => performance.getEntriesByType('navigation').some(({ name }) => new URL(name).pathname === location.pathname),
  };
  const found = await Promise.all(Object.entries(looks).map(async ([name, look]) => [name, await look().catch(() => false)]));
  return JSON.stringify(found.filter(([, isClean]) => isClean).map(([name]) => name));
}

/** The addresses of everything in all caches. */
async function cached() {
  const names = await caches.keys();
  const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return requests.flat().map(({ url }) => url);
}
