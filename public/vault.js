// What the device remembers: IndexedDB, every record encrypted under the person's own key. Loaded by src/vault.rs when somebody is here.
//
// Without a key (a shared computer), without storage, or when it is full, the same things live in memory as long as the page does.
// A record is text or bytes; bytes are stored as ArrayBuffer, never as Blob. A failure shows on `abort`; a connection that the browser
// has killed is opened anew. Beside what is encrypted an entry has a mark (its state and version, nothing personal), so that a
// transaction can look before it writes.

const NAME = 'filo.vault';
const KEYS = 'keys';
/** The rooms of the vault: what is kept and to be sent, the bytes of its files, answers for when there is no network. */
const ROOMS = ['entries', 'files', 'answers'];
/** Under which name the key of the person who was here last is kept. */
const LAST = 'last';

/** What is not on the device, by `owner/room/id`. */
const memory = new Map();
const utf8 = new TextEncoder();
let opening;
/** Writes follow one another in the order they were asked for; reads wait for them. */
let queue = Promise.resolve();
/** The present person: { owner, key, who, pass, login }; without a key everything is in memory. */
let person = { owner: '' };

/** The connection, opened once and again when it is lost. */
function connection() {
  opening ??= new Promise((resolve, reject) => {
    // In the version it has: a newer build that has raised it does not shut out a tab that is still open.
    const request = indexedDB.open(NAME);
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
const place = (id, { owner } = person) => `${owner}/${id}`;
const inMemory = (room, id, { owner } = person) => `${owner}/${room}/${id}`;

async function seal(id, value, { key } = person, mark) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = typeof value === 'string';
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8.encode(id) }, key, text ? utf8.encode(value) : value);
  return { iv, text, data, mark };
}

/** What was sealed; undefined when it is damaged or another key's. */
async function unseal(id, { iv, text, data }, { key } = person) {
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: utf8.encode(id) }, key, data);
    return text ? new TextDecoder().decode(plain) : new Uint8Array(plain);
  } catch {
    return undefined;
  }
}

/**
 * Opens the vault of a person. `given` is what the CRM has just given for a login: `key` (URL-safe base64), perhaps `send`, a credential
 * that only sends; without it, what this device has. True when things are kept on the device, false when they live in memory.
 */
export async function unlock(id, given) {
  const owner = [...new Uint8Array(await sha256(utf8.encode(`filo ${id}`)))].slice(0, 12).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  // What was asked for before belongs to who was here then.
  await queue;
  if (owner !== person.owner) memory.clear();
  person = { owner };
  try {
    if (given) {
      const bytes = Uint8Array.from(atob(given.key.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
      const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
      const pass = given.send && (await seal(LAST, JSON.stringify(given.send), { key }));
      const row = { owner, key, pass, login: given.login };
      await transact([KEYS], 'readwrite', (transaction) => transaction.objectStore(KEYS).put(row, LAST));
    }
    const kept = await last();
    if (kept?.owner !== owner) return false;
    person = kept;
    return true;
  } catch {
    return false;
  }
}

const last = () => transact([KEYS], 'readonly', (transaction) => transaction.objectStore(KEYS).get(LAST));

/** Whether anything was ever kept on this device, as far as the browser says. */
export const isBegun = async () => !indexedDB.databases || (await indexedDB.databases()).some(({ name }) => name === NAME);

/** Who was here last on this device, as `remember` wrote it; undefined when nobody's key is kept. */
export async function recall() {
  const kept = await last().catch(() => undefined);
  return kept?.who ? unseal(LAST, kept.who, kept) : undefined;
}

/** Writes down who is here, for a start without a network. */
export async function remember(who) {
  if (!person.key) return;
  person = { ...person, who: await seal(LAST, who) };
  await renew(person);
}

/** Writes the person's row anew, unless another person has come in another tab. */
const renew = (row) =>
  transact([KEYS], 'readwrite', (transaction) => {
    const store = transaction.objectStore(KEYS);
    store.get(LAST).onsuccess = ({ target }) => target.result?.owner === row.owner && store.put(row, LAST);
  });

/** The login (by the end of its session) for which the key was given last. */
export const login = () => person.login;

/** The credential with which what waits may leave when nobody is signed in: { token, ends_at }; undefined when there is none. */
export async function pass() {
  const text = person.pass && (await unseal(LAST, person.pass));
  return text && JSON.parse(text);
}

/** The CRM takes the credential no longer: it goes, the key stays. */
export async function dropPass() {
  const { pass: _, ...rest } = person;
  person = rest;
  if (rest.key) await renew(rest).catch(() => {});
}

/** The same of whoever was here last, also before anybody's vault is open. */
export async function lastPass() {
  const kept = await last().catch(() => undefined);
  const text = kept?.pass && (await unseal(LAST, kept.pass, kept));
  return text && JSON.parse(text);
}

/** Takes away the key that lies on the device. What is in memory stays: on a shared computer that is all there is. */
export const dropKey = () => transact([KEYS], 'readwrite', (transaction) => transaction.objectStore(KEYS).delete(LAST));

/** Throws away everything of this person on this device, and their key with it. What others keep here stays. */
export async function erase() {
  await queue;
  const mine = IDBKeyRange.bound(`${person.owner}/`, `${person.owner}/\uffff`);
  await transact(ROOMS, 'readwrite', (transaction) => {
    for (const room of ROOMS) transaction.objectStore(room).delete(mine);
  });
  await forget();
}

/** Takes the key away: what was kept stays, unreadable until the same person logs in again. */
export async function forget() {
  await queue;
  memory.clear();
  person = { owner: '' };
  await dropKey();
}

/**
 * Writes rows `[room, id, value, mark]` together or not at all; `null` takes a row away. `device` when they are there; when the device
 * refuses they are in `memory`: nothing is lost while the page lives. `allows` is asked in the same transaction, with the mark of the
 * entry as it is kept now (undefined when it is not there): when it says no, nothing is written and the answer is `refused`.
 */
export function write(rows, allows) {
  const who = person;
  return (queue = queue.then(() => writeNow(rows, allows, who)));
}

async function writeNow(rows, allows, who) {
  const asked = rows.find(([room]) => room === 'entries')?.[1];
  const held = allows && memory.get(inMemory('entries', asked, who));
  // A row taken away here counts as gone, whatever the device still has.
  if (held !== undefined && allows && !allows(held?.mark)) return 'refused';
  if (who.key) {
    try {
      const sealed = await Promise.all(rows.map(async ([room, id, value, mark]) => [room, id, value === null ? null : await seal(id, value, who, mark)]));
      let isRefused = false;
      await transact(ROOMS, 'readwrite', (transaction) => {
        const put = () => {
          for (const [room, id, value] of sealed) {
            if (value) transaction.objectStore(room).put(value, place(id, who));
            else transaction.objectStore(room).delete(place(id, who));
          }
        };
        if (!allows || held !== undefined) return put();
        transaction.objectStore('entries').get(place(asked, who)).onsuccess = ({ target }) => {
          isRefused = !allows(target.result && (target.result.mark ?? {}));
          try {
            if (!isRefused) put();
          } catch {
            transaction.abort();
          }
        };
      });
      if (isRefused) return 'refused';
      const files = rows.filter(([room, , value]) => room === 'files' && value !== null);
      const whole = await Promise.all(files.map(async ([room, id, value]) => (await stored(room, id, who))?.length === value.length));
      if (whole.every(Boolean)) {
        for (const [room, id] of rows) memory.delete(inMemory(room, id, who));
        return 'device';
      }
    } catch (problem) {
      console.warn('Filo: not kept on the device:', problem);
    }
  }
  // Another person is here by now: nothing of this one stays in the page.
  if (who.owner === person.owner) for (const [room, id, value, mark] of rows) memory.set(inMemory(room, id, who), value && { value, mark });
  return 'memory';
}

async function stored(room, id, who = person) {
  const row = await transact([room], 'readonly', (transaction) => transaction.objectStore(room).get(place(id, who)));
  return row && unseal(id, row, who);
}

/** Whether a record lives in memory only. */
export const isInMemory = (room, id) => Boolean(memory.get(inMemory(room, id)));

/** One record; undefined when it is not there. */
export async function read(room, id) {
  await queue;
  const here = memory.get(inMemory(room, id));
  if (here !== undefined) return here?.value;
  return person.key ? stored(room, id).catch(() => undefined) : undefined;
}

/**
 * The texts of a room (`rows`), each with its mark (empty for what a build before marks has written): `{ text, mark }`; `isWhole` unless
 * the device could not be read and these are only what is in memory.
 */
export async function all(room) {
  await queue;
  const found = new Map();
  let isWhole = true;
  if (person.key) {
    const range = IDBKeyRange.bound(place(''), place('\uffff'));
    let ids = [];
    const rows = await transact([room], 'readonly', (transaction) => {
      const store = transaction.objectStore(room);
      store.getAllKeys(range).onsuccess = (event) => (ids = event.target.result);
      return store.getAll(range);
    }).catch(() => {
      isWhole = false;
      return [];
    });
    for (const [index, row] of rows.entries()) {
      const id = ids[index].slice(place('').length);
      const text = await unseal(id, row);
      if (text !== undefined) found.set(id, { text, mark: row.mark ?? {} });
    }
  }
  const here = `${person.owner}/${room}/`;
  for (const [name, row] of memory) {
    if (!name.startsWith(here)) continue;
    if (row) found.set(name.slice(here.length), { text: row.value, mark: row.mark ?? {} });
    else found.delete(name.slice(here.length));
  }
  return { rows: [...found.values()], isWhole };
}

/** Runs `work` while no other tab of this browser runs what has that name: one at a time, the others wait. */
export async function exclusive(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
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
