// What the device remembers: IndexedDB, every record encrypted under the person's own key. Loaded by src/vault.rs when somebody is here.
//
// Without a key (a shared computer), without storage, or when it is full, the same things live in memory as long as the page does.
// A record is text or bytes; bytes are stored as ArrayBuffer, never as Blob. A failure shows on `abort`; a connection that the browser
// has killed is opened anew.

const NAME = 'filo.vault';
const KEYS = 'keys';
/** The rooms of the vault: what is kept and to be sent, the bytes of its files, answers for when there is no network. */
const ROOMS = ['entries', 'files', 'answers'];
/** Under which name the key of the person who was here last is kept. */
const LAST = 'last';

const memory = new Map();
const utf8 = new TextEncoder();
let opening;
/** Writes follow one another in the order they were asked for; reads wait for them. */
let queue = Promise.resolve();
/** The present person: { owner, key }; without a key everything is in memory. */
let person = { owner: '' };

/** The connection, opened once and again when it is lost. */
function connection() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const room of [KEYS, ...ROOMS]) request.result.createObjectStore(room);
    };
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = () => (opening = undefined);
      database.onversionchange = () => {
        opening = undefined;
        database.close();
      };
      resolve(database);
    };
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

/** Runs one transaction to its end; a second time on a new connection when the first was lost. */
async function transact(rooms, mode, work) {
  for (let last = false; ; last = true) {
    try {
      const database = await connection();
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(rooms, mode, { durability: 'strict' });
        const requests = work(transaction);
        transaction.oncomplete = () => resolve(requests?.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error('aborted'));
      });
    } catch (problem) {
      opening = undefined;
      if (last || problem?.name === 'QuotaExceededError') throw problem;
    }
  }
}

/** Where a record lies: the person's own part of a room. */
const place = (id) => `${person.owner}/${id}`;

async function seal(id, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = typeof value === 'string';
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8.encode(id) }, person.key, text ? utf8.encode(value) : value);
  return { iv, text, data };
}

/** What was sealed; undefined when it is damaged or another key's. */
async function unseal(id, { iv, text, data }, key = person.key) {
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: utf8.encode(id) }, key, data);
    return text ? new TextDecoder().decode(plain) : new Uint8Array(plain);
  } catch {
    return undefined;
  }
}

/**
 * Opens the vault of a person. `secret` (URL-safe base64) is the key the CRM has just given; without one, that which this device has.
 * True when things are kept on the device, false when they live in memory.
 */
export async function unlock(id, secret) {
  const owner = [...new Uint8Array(await sha256(utf8.encode(`filo ${id}`)))].slice(0, 12).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (owner !== person.owner) memory.clear();
  person = { owner };
  try {
    if (secret) {
      const bytes = Uint8Array.from(atob(secret.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
      const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
      await transact([KEYS], 'readwrite', (transaction) => transaction.objectStore(KEYS).put({ owner, key }, LAST));
    }
    const kept = await transact([KEYS], 'readonly', (transaction) => transaction.objectStore(KEYS).get(LAST));
    if (kept?.owner !== owner) return false;
    person = kept;
    return true;
  } catch {
    return false;
  }
}

/** Who was here last on this device, as `remember` wrote it; undefined when nobody's key is kept. */
export async function recall() {
  const kept = await transact([KEYS], 'readonly', (transaction) => transaction.objectStore(KEYS).get(LAST)).catch(() => undefined);
  return kept?.who ? unseal(LAST, kept.who, kept.key) : undefined;
}

/** Writes down who is here, for a start without a network. */
export async function remember(who) {
  if (!person.key) return;
  person = { ...person, who: await seal(LAST, who) };
  await transact([KEYS], 'readwrite', (transaction) => transaction.objectStore(KEYS).put(person, LAST));
}

/** Takes the key away: what was kept stays, unreadable until the same person logs in again. */
export async function forget() {
  await queue;
  memory.clear();
  person = { owner: '' };
  await transact([KEYS], 'readwrite', (transaction) => transaction.objectStore(KEYS).delete(LAST));
}

/**
 * Writes rows `[room, id, value]` together or not at all; `null` takes a row away. True when they are on the device. When the device
 * refuses they are in memory: nothing is lost while the page lives.
 */
export function write(rows) {
  return (queue = queue.then(() => writeNow(rows)));
}

async function writeNow(rows) {
  const { key } = person;
  if (key) {
    try {
      const sealed = await Promise.all(rows.map(async ([room, id, value]) => [room, id, value === null ? null : await seal(id, value)]));
      await transact(ROOMS, 'readwrite', (transaction) => {
        for (const [room, id, value] of sealed) {
          if (value) transaction.objectStore(room).put(value, place(id));
          else transaction.objectStore(room).delete(place(id));
        }
      });
      const files = rows.filter(([room, , value]) => room === 'files' && value !== null);
      const whole = await Promise.all(files.map(async ([room, id, value]) => (await stored(room, id))?.length === value.length));
      if (whole.every(Boolean)) {
        for (const [room, id] of rows) memory.delete(`${room}/${id}`);
        return true;
      }
    } catch (problem) {
      console.warn('Filo: not kept on the device:', problem);
    }
  }
  for (const [room, id, value] of rows) memory.set(`${room}/${id}`, value);
  return false;
}

async function stored(room, id) {
  const row = await transact([room], 'readonly', (transaction) => transaction.objectStore(room).get(place(id)));
  return row && unseal(id, row);
}

/** One record; undefined when it is not there. */
export async function read(room, id) {
  await queue;
  const here = memory.get(`${room}/${id}`);
  if (here !== undefined) return here ?? undefined;
  return person.key ? stored(room, id).catch(() => undefined) : undefined;
}

/** The texts of a room. */
export async function all(room) {
  await queue;
  const found = new Map();
  if (person.key) {
    const range = IDBKeyRange.bound(place(''), place('\uffff'));
    let ids = [];
    const rows = await transact([room], 'readonly', (transaction) => {
      const store = transaction.objectStore(room);
      store.getAllKeys(range).onsuccess = (event) => (ids = event.target.result);
      return store.getAll(range);
    }).catch(() => []);
    for (const [index, row] of rows.entries()) {
      const id = ids[index].slice(place('').length);
      const value = await unseal(id, row);
      if (value !== undefined) found.set(id, value);
    }
  }
  for (const [name, value] of memory) {
    if (!name.startsWith(`${room}/`)) continue;
    const id = name.slice(room.length + 1);
    if (value === null) found.delete(id);
    else found.set(id, value);
  }
  return [...found.values()];
}

/** Runs `work` while no other tab of this browser runs it: one at a time, the others wait. */
export async function exclusive(work) {
  return navigator.locks ? navigator.locks.request('filo.outbox', work) : work();
}

/** SHA-256. */
export const sha256 = (bytes) => crypto.subtle.digest('SHA-256', bytes);

/**
 * What speaks against keeping photos here: `full` (less than 50 MB left), `week` (Safari in a tab: gone after seven days without a
 * visit), or nothing. Asks the browser to keep what is here; the answer may never come and is not waited for.
 */
export async function risk() {
  navigator.storage?.persist?.().catch(() => {});
  const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => ({}))) ?? {};
  if (quota !== undefined && quota - usage < 50_000_000) return 'full';
  const safari = navigator.vendor?.startsWith('Apple') && !navigator.standalone && !matchMedia('(display-mode: standalone)').matches;
  return safari ? 'week' : undefined;
}

/** Asks the browser to wake the page when the network is back, where it can. */
export async function wakeLater() {
  const worker = await navigator.serviceWorker?.ready;
  await worker?.sync?.register('filo.outbox');
}
