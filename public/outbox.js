// What is still to be sent: kept before it is sent, sent once, tried again until it has arrived. Loaded by src/outbox/ when somebody is here.
//
// An entry begins as a draft, waits, is accepted, and goes when its last file has arrived too (tus 1.0, in pieces, each with its checksum).
// One tab at a time sends. What the CRM refuses stays until a person has mended it; an expired session keeps everything waiting.
import * as vault from '__FILO_VAULT__';

export { recall, risk, sha256 } from '__FILO_VAULT__';

/** The wait before the second try, in milliseconds; it doubles with each try, up to the longest. */
const FIRST_MS = 2_000;
const LONGEST_MS = 300_000;
/** Even the luckiest draw leaves the network a moment. */
const SHORTEST_MS = 500;
/** A request is given up after so many milliseconds: slow networks are slow, dead ones never say so. Its key makes trying again safe. */
const REQUEST_MS = 120_000;
/** What is wanted without a network is fetched when the first page has had its turn, in milliseconds after somebody is here. */
const PREPARE_AFTER_MS = 4_000;
/** Bytes of a piece: a few seconds on a bad network, and no more than this is ever sent twice. */
const PIECE = 128 * 1024;

/** Tabs of the same browser tell each other: "something in the outbox has changed". */
const tabs = globalThis.BroadcastChannel && new BroadcastChannel('filo.outbox');
/** What the app told: { crm, vault, uploads, upload, state, wanted }, the addresses of the CRM, and what is wanted without a network. */
let paths;
/** Tells the app what happened. */
let tell = () => {};
/** Whether somebody is signed in, as far as is known here. */
let isIn = false;
let entries = [];
/** Resolves when the vault of who is here has been opened the first time. */
let opened;
const isOpen = new Promise((resolve) => (opened = resolve));
let sending;
let again = false;
let timer;
let quietUntil = 0;
/** When the browser was last told that it is online again. */
let backAt = 0;

/** Milliseconds until the next try: exponential with full jitter, so that a town's phones do not all come back at the same moment. */
export const pause = (tries, luck = Math.random()) => Math.max(SHORTEST_MS, luck * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20)));

/** What a failure means: `again` later, `back` when somebody has logged in, `mend`: never by itself, and never thrown away. */
export function verdict(status) {
  if (status === 401) return 'back';
  return [400, 403, 404, 405, 410, 413, 415, 422].includes(status) ? 'mend' : 'again';
}

/** An answer that is not what was asked for. */
class Refusal extends Error {
  constructor(status, problem) {
    super(`status ${status}`);
    Object.assign(this, { status, problem });
  }
}

/** Opens the outbox of a person ({ id, … }, as the app wants to find them again without a network), whose device it is on. */
export async function open(me, isMine, addresses, listener) {
  [paths, tell, isIn] = [addresses, listener, true];
  if (!isMine) await vault.forget();
  const { id } = JSON.parse(me);
  let onDevice = await vault.unlock(id);
  if (isMine && !onDevice) {
    // Given once for each login; without it things are in memory until the next one.
    const key = await request('POST', paths.vault).then((answer) => answer.json()).catch(() => undefined);
    if (key) onDevice = await vault.unlock(id, key.key);
  }
  if (onDevice) await vault.remember(me).catch(() => {});
  opened();
  await load();
  tell('device', onDevice);
  if (onDevice) setTimeout(prepare, PREPARE_AFTER_MS);
  wake();
}

/** What is kept under a name; waits until the vault is open. */
export const read = (room, id) => isOpen.then(() => vault.read(room, id));

/** Nobody is here any more: the key goes, what was kept stays unreadable. */
export async function close() {
  [isIn, entries] = [false, []];
  tell('list', entries);
  await vault.forget();
}

/** The CRM does not know us any more: everything waits. */
export const rest = () => (isIn = false);

async function load() {
  entries = (await vault.all('entries')).map((text) => JSON.parse(text)).sort((a, b) => a.changed_at - b.changed_at);
  tell('list', entries);
}

/** Keeps an entry with the bytes of files that are not kept yet (`[id, bytes]`), together or not at all. True when it is on the device. */
export async function keep(entry, files = []) {
  const before = entries.find(({ id }) => id === entry.id);
  const gone = (before?.files ?? []).filter(({ id }) => !entry.files.some((file) => file.id === id));
  entries = before ? entries.map((known) => (known === before ? entry : known)) : [...entries, entry];
  tell('list', entries);
  const onDevice = await vault.write([...files.map(([id, bytes]) => ['files', id, bytes]), ...gone.map(({ id }) => ['files', id, null]), ['entries', entry.id, JSON.stringify(entry)]]);
  tabs?.postMessage('');
  return onDevice;
}

/** Keeps an entry and sends it; asks the browser to wake us when the network is back. */
export async function send(entry, files) {
  await keep(entry, files);
  wake();
  vault.wakeLater().catch(() => {});
}

/** Takes an entry away with its files. */
export async function remove(id) {
  const entry = entries.find((known) => known.id === id);
  if (!entry) return;
  entries = entries.filter((known) => known !== entry);
  tell('list', entries);
  await vault.write([['entries', id, null], ...entry.files.map((file) => ['files', file.id, null])]);
  tabs?.postMessage('');
}

/** Tries an entry at once, also what was refused. */
export async function retry(id) {
  const entry = entries.find((known) => known.id === id);
  if (!entry) return;
  const state = entry.state === 'stuck' ? (hasArrived(entry) ? 'travelling' : 'waiting') : entry.state;
  await keep({ ...entry, state, tries: 0, next_at: 0, files: entry.files.map((file) => ({ ...file, problem: null })) });
  wake();
}

/** Whether the CRM has accepted it, and only its files are left. */
const hasArrived = ({ state, files }) => state === 'travelling' || files.some((file) => file.arrived || file.problem);

/** Fetches what is wanted also without a network, and keeps it by its path. What cannot be had now is had at the next start. */
async function prepare() {
  for (const [path, address] of paths.wanted) {
    const text = await request('GET', address).then((answer) => answer.text()).catch(() => undefined);
    if (text && text !== (await vault.read('answers', path))) await vault.write([['answers', path, text]]);
  }
}

/**
 * Whether an entry may be sent now: its pause is over, or the browser has come online since it was tried. A pause longer than any there
 * is comes from a clock that was put back.
 */
export function isDue({ state, next_at, tried_at = 0 }, now, back = 0) {
  const isOver = next_at <= now || next_at > now + LONGEST_MS * 2 || tried_at < back;
  return (state === 'waiting' || state === 'travelling') && isOver;
}

/** Sends what is due; called whenever that may have changed. While it runs, another call makes it look once more. */
export async function wake() {
  again = true;
  if (sending || !isIn) return;
  sending = true;
  try {
    while (again && isIn) {
      again = false;
      await vault.exclusive(pass);
    }
  } finally {
    sending = false;
  }
  const next = Math.min(...entries.filter((entry) => isDue(entry, entry.next_at)).map(({ next_at }) => next_at));
  clearTimeout(timer);
  if (isIn && next < Infinity) timer = setTimeout(wake, Math.max(SHORTEST_MS, next - Date.now()));
}

globalThis.addEventListener?.('focus', wake);
globalThis.addEventListener?.('online', () => {
  backAt = Date.now();
  wake();
});
if (tabs) tabs.onmessage = () => load().then(wake);

/** Everything that is due, the oldest first, as the vault has it: another tab may have been here. */
async function pass() {
  await load();
  for (let entry; isIn && (entry = entries.find((one) => isDue(one, Date.now(), backAt > quietUntil ? backAt : 0))); ) await step(structuredClone(entry));
}

/** One entry, one step further. */
async function step(entry) {
  try {
    await (entry.state === 'waiting' ? handIn(entry) : bring(entry));
  } catch (problem) {
    const what = verdict(problem.status);
    if (what === 'back') {
      isIn = false;
      return tell('signed out');
    }
    // What the CRM has accepted stays accepted: its files say themselves what is wrong with them.
    // A case may have changed so that it takes this no more; once, it is only somebody with the same key at the same moment.
    const mend = (what === 'mend' || (problem.status === 409 && entry.tries > 1)) && entry.state === 'waiting';
    entry.error = problem.status === 429 ? 'too_many' : problem.status >= 400 && problem.status < 502 ? 'broken' : 'offline';
    if (mend) entry.state = 'stuck';
    else {
      entry.tries += 1;
      entry.tried_at = Date.now();
      entry.next_at = Math.max(Date.now() + pause(entry.tries), quietUntil);
    }
    await put(entry);
    tell(mend ? 'refused' : 'later', entry.id, JSON.stringify(problem.problem?.fields ?? []));
  }
}

/** Sends the entry itself. */
async function handIn(entry) {
  const answer = await request('POST', paths.crm + entry.path, { 'idempotency-key': entry.id, 'content-type': 'application/json' }, entry.body);
  const text = await answer.text();
  // Something else may answer in the CRM's place, with a page that says "log in to this network".
  if (!JSON.parse(text)?.[entry.proof ?? 'id']) throw new Refusal(500);
  Object.assign(entry, { state: 'travelling', tries: 0, error: '' });
  if (entry.files.length) await put(entry);
  else await remove(entry.id);
  tell('accepted', entry.id, text);
}

/** Brings its files, and lets the entry go when the last has arrived. */
async function bring(entry) {
  for (const file of entry.files) {
    if (file.arrived || file.problem) continue;
    await bringFile(file, () => tell('list', (entries = entries.map((known) => (known.id === entry.id ? { ...entry } : known)))));
    entry.tries = 0;
    await put(entry);
  }
  if (entry.files.every((file) => file.arrived)) return remove(entry.id);
  entry.state = 'stuck';
  await put(entry);
}

/** Keeps an entry as it has become, unless the person has taken it away meanwhile. */
const put = (entry) => entries.some(({ id }) => id === entry.id) && keep(entry);

/** Brings a file as far as it goes, from where it was cut, and asks what has become of it. */
async function bringFile(file, progress) {
  const bytes = await vault.read('files', file.id);
  if (!bytes) return (file.problem = { field: 'file', code: 'not_found' });
  let path = paths.crm + paths.upload.replace('{id}', file.id);
  let offset = await arrived(path).catch(async (problem) => {
    if (problem.status !== 404 && problem.status !== 410) throw problem;
    const begun = await tus('POST', paths.crm + paths.uploads, { 'upload-length': `${bytes.length}`, 'upload-metadata': metadata(file) });
    // The same bytes under another identifier travel once: then it is that one's.
    path = new URL(begun.headers.get('location') ?? path, new URL(paths.crm + paths.uploads, location.href)).href;
    return arrived(path);
  });
  while (offset < bytes.length) {
    file.sent = offset;
    progress();
    const piece = bytes.subarray(offset, offset + PIECE);
    const checksum = `sha256 ${btoa(String.fromCharCode(...new Uint8Array(await vault.sha256(piece))))}`;
    const next = offsetOf(await tus('PATCH', path, { 'upload-offset': `${offset}`, 'upload-checksum': checksum, 'content-type': 'application/offset+octet-stream' }, piece));
    if (next <= offset) throw new Refusal(500);
    offset = next;
  }
  file.sent = offset;
  progress();
  settle(file, await (await request('GET', paths.crm + paths.state.replace('{id}', file.id))).json());
}

/** A file is ticked only when the CRM has it whole: its checksum is the one that was announced. */
export function settle(file, { state, sent_sha256, problem }) {
  if (state === 'ready' && sent_sha256 === file.sha256) file.arrived = true;
  else if (state === 'ready') file.problem = { field: 'file', code: 'file_damaged' };
  else if (state === 'refused') file.problem = problem ?? { field: 'file', code: 'unknown' };
  else throw new Refusal(409);
}

/** `filename bGFtcC5qcGc=,kind cGhvdG8=,…`: base64 of UTF-8, as tus writes it. */
const metadata = ({ id, kind, name }) => {
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  return Object.entries({ filename: name, kind, attachment: id }).map(([key, value]) => `${key} ${base64(value)}`).join();
};

const tus = (method, path, headers, body) => request(method, path, { 'tus-resumable': '1.0.0', ...headers }, body);
const arrived = async (path) => offsetOf(await tus('HEAD', path));

/** Something between us and the CRM that answers in its place knows no offset. */
function offsetOf(answer) {
  const offset = answer.headers.get('upload-offset');
  if (!/^\d+$/.test(offset ?? '')) throw new Refusal(500);
  return Number(offset);
}

/** The one request of this file: what is no success is thrown; the session hears how long it still lasts. */
async function request(method, path, headers, body) {
  const signal = AbortSignal.timeout?.(REQUEST_MS);
  const answer = await fetch(path, { method, headers: { 'x-filo': '1', ...headers }, body, signal });
  const [seconds, quiet] = ['x-session-seconds-left', 'retry-after'].map((name) => Number(answer.headers.get(name)));
  if (seconds) tell('seconds', seconds);
  if (quiet) quietUntil = Date.now() + quiet * 1000;
  if (!answer.ok) throw new Refusal(answer.status, await answer.json().catch(() => undefined));
  return answer;
}
