// How what waits travels: every request of the outbox, the report itself, its files in pieces (tus 1.0), and what an answer means.
// Loaded by public/outbox.js. Nothing here is kept; nothing here decides when.
import * as vault from '__FILO_VAULT__';

/** The wait before the second try, in milliseconds; it doubles with each try, up to the longest. */
const FIRST_MS = 2_000;
export const LONGEST_MS = 300_000;
/** Even the luckiest draw leaves the network a moment. */
export const SHORTEST_MS = 500;
/** A request is given up after so many milliseconds; with each try it has twice as long, up to the most: dead networks never say so, slow servers answer at last. */
const PATIENCE_MS = 60_000;
const PATIENCE_MOST_MS = 240_000;
/** Bytes of a piece: the most and the least. What fails is halved, what went through soon grows back. */
export const PIECE_MOST = 128 * 1024;
const PIECE_LEAST = 16 * 1024;
/** A piece is given up after so many milliseconds, and was quick when it took less than that. */
const PIECE_MS = 45_000;
const PIECE_QUICK_MS = 8_000;
/** What has been under way longer than this when the browser is online again hangs on a network that is gone, in milliseconds. */
const HANGS_AFTER_MS = 3_000;

/** What the outbox told: the CRM's addresses, the citizen's id, the credential (when nobody is signed in), who hears of the session. */
const set = { paths: {}, person: '', pass: '', tell: () => {} };
/** Before this moment nothing is asked: the CRM said so (`Retry-After`). */
export let quietUntil = 0;
let piece = PIECE_MOST;
/** Lets the files of a report travel that was sent without signing in: what the report was answered with. Of the file that travels now. */
let token;
/** What is under way: how to give it up, and since when. */
const underWay = new Set();

/** Says for whom, and how, requests are made from now on; what is under way for another ends. */
export function become(more) {
  const isOther = set.person && more.person !== undefined && more.person !== set.person;
  Object.assign(set, more);
  if (isOther) for (const { abort } of underWay) abort.abort();
}

/** The browser is online again: what hangs on the network before is given up, and tried anew. */
export function refresh(now = Date.now()) {
  for (const { abort, since } of underWay) if (now - since > HANGS_AFTER_MS) abort.abort();
}

/** Milliseconds until the next try: exponential with full jitter, so that a town's phones do not all come back at the same moment. */
export const pause = (tries, luck = Math.random()) => Math.max(SHORTEST_MS, luck * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20)));

/** When to try again: after the pause, and not before the CRM wants to hear of us, but that never later than the longest pause. */
export const nextAt = (now, tries, quiet, luck) => Math.max(now + pause(tries, luck), Math.min(quiet, now + LONGEST_MS));

/** How long the answer to a request is waited for at its so-manieth try, in milliseconds. */
export const patience = (tries = 0) => Math.min(PATIENCE_MOST_MS, PATIENCE_MS * 2 ** Math.min(tries, 9));

/** Until when `Retry-After` asks for quiet: seconds or a date (RFC 9110), at most the longest pause from now; 0 when it says nothing. */
export function quiet(value, now) {
  const until = /^\d+$/.test(value ?? '') ? now + Number(value) * 1000 : Date.parse(value ?? '');
  return until > now ? Math.min(until, now + LONGEST_MS) : 0;
}

/** The size of the next piece, after one of `size` bytes that went through in `ms` milliseconds, or did not (undefined). */
export function nextPiece(size, ms) {
  if (ms === undefined) return Math.max(PIECE_LEAST, size / 2);
  return ms < PIECE_QUICK_MS ? Math.min(PIECE_MOST, size * 2) : size;
}

/**
 * Whether a refusal is the CRM's own: something between us and it (a hotel's network, a proxy) refuses too, and knows nothing of the
 * report. An answer to HEAD has no body.
 */
export const isOurs = (type, problem, method) => /^application\/problem\+json\b/i.test(type ?? '') && (method === 'HEAD' || typeof problem?.code === 'string');

/**
 * What a failure means: `again` later, `back` when somebody has logged in, `other`: somebody else has, `renew`: under a new key, `mend`:
 * never by itself, and never thrown away. A status that is not the CRM's own word never comes here (see `Refusal`).
 */
export function verdict(status, code) {
  if (status === 401) return 'back';
  if (status === 409 && code === 'other_person') return 'other';
  if (status === 422 && code === 'key_reused') return 'renew';
  return [400, 403, 404, 405, 410, 413, 415, 422].includes(status) ? 'mend' : 'again';
}

/** An answer that is not what was asked for. What is not the CRM's own word counts as no answer, 502. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(`status ${status}`);
    Object.assign(this, { status, problem });
  }
}

/** Sends the entry itself; the CRM's answer, as text. */
export async function handIn(entry) {
  const headers = { 'idempotency-key': entry.id, 'content-type': 'application/json' };
  const text = await (await request('POST', set.paths.crm + entry.path, headers, entry.body, patience(entry.tries), entry.blind)).text();
  // Something else may answer in the CRM's place, with a page that says "log in to this network".
  if (!JSON.parse(text)?.[entry.proof ?? 'id']) throw new Refusal(502);
  return text;
}

/** Ends a credential at the CRM. No cookie goes along: the session, if there is one, is another matter. */
export const endPass = (token) => fetch(set.paths.crm + set.paths.logout, { method: 'POST', headers: { 'x-filo': '1', authorization: `Bearer ${token}` }, credentials: 'omit', keepalive: true });

/**
 * Brings a file as far as it goes, from where it was cut, and asks what has become of it. `file.arrived` or `file.problem` says so.
 * `by` is the token of a report without a login. One file travels at a time.
 */
export async function bringFile(file, progress, by) {
  token = by;
  const bytes = await vault.read('files', file.id);
  if (!bytes) return (file.problem = { field: 'file', code: 'not_found' });
  const { crm, upload, uploads, state } = set.paths;
  let path = crm + upload.replace('{id}', file.id);
  let offset = await arrived(path).catch(async (problem) => {
    if (problem.status !== 404 && problem.status !== 410) throw problem;
    const begun = await tus('POST', crm + uploads, { 'upload-length': `${bytes.length}`, 'upload-metadata': metadata(file) });
    // The same bytes under another identifier travel once: then it is that one's.
    path = new URL(begun.headers.get('location') ?? path, new URL(crm + uploads, location.href)).href;
    return arrived(path);
  });
  while (offset < bytes.length) {
    file.sent = offset;
    progress();
    const next = await bringPiece(path, offset, bytes.subarray(offset, offset + piece));
    if (next <= offset) throw new Refusal(500);
    offset = next;
  }
  file.sent = offset;
  progress();
  settle(file, await (await request('GET', crm + state.replace('{id}', file.id), bearer())).json());
}

/** Brings a piece; how much has arrived then. */
async function bringPiece(path, offset, bytes) {
  const checksum = `sha256 ${btoa(String.fromCharCode(...new Uint8Array(await vault.sha256(bytes))))}`;
  const headers = { 'upload-offset': `${offset}`, 'upload-checksum': checksum, 'content-type': 'application/offset+octet-stream' };
  const start = performance.now();
  try {
    const next = offsetOf(await tus('PATCH', path, headers, bytes, PIECE_MS));
    piece = nextPiece(piece, performance.now() - start);
    return next;
  } catch (problem) {
    piece = nextPiece(piece);
    throw problem;
  }
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

const bearer = () => (token ? { authorization: `Bearer ${token}` } : {});
const tus = (method, path, headers, body, ms) => request(method, path, { 'tus-resumable': '1.0.0', ...bearer(), ...headers }, body, ms);
const arrived = async (path) => offsetOf(await tus('HEAD', path));

/** Something between us and the CRM that answers in its place knows no offset. */
function offsetOf(answer) {
  const offset = answer.headers.get('upload-offset');
  if (!/^\d+$/.test(offset ?? '')) throw new Refusal(502);
  return Number(offset);
}

/** A new identifier: UUIDv7 (RFC 9562), as the app makes them. */
export function newId(now = Date.now()) {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

/**
 * The one request of the outbox: for whom, what is no success is thrown, and the session hears how long it still lasts. With a
 * credential no cookie goes along: it is another's, or nobody's. What is `blind` says nothing of who sends it.
 */
export async function request(method, path, headers, body, ms = PATIENCE_MS, blind = false) {
  const abort = new AbortController();
  const one = { abort, since: Date.now() };
  const signals = [AbortSignal.timeout?.(ms), abort.signal].filter(Boolean);
  const signal = AbortSignal.any?.(signals) ?? signals[0];
  const pass = headers?.authorization || blind ? '' : set.pass;
  // A token of its own speaks for nobody else.
  const who = !headers?.authorization && !blind && { ...(set.person && { 'x-filo-person': set.person }), ...(pass && { authorization: `Bearer ${pass}` }) };
  underWay.add(one);
  try {
    const answer = await fetch(path, { method, headers: { 'x-filo': '1', ...who, ...headers }, body, signal, credentials: pass || blind ? 'omit' : 'same-origin' });
    const seconds = Number(answer.headers.get('x-session-seconds-left'));
    if (seconds) set.tell('seconds', seconds);
    quietUntil = quiet(answer.headers.get('retry-after'), Date.now()) || quietUntil;
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => undefined);
    const isSaid = isOurs(answer.headers.get('content-type'), problem, method) || [408, 425, 429].includes(answer.status) || answer.status >= 500;
    throw Object.assign(new Refusal(isSaid ? answer.status : 502, problem), { pass });
  } finally {
    underWay.delete(one);
  }
}
