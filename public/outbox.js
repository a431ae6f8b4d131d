// What is still to be sent: kept before it is sent, sent once, tried again until it has arrived. Loaded by src/outbox/ when somebody is here.
//
// An entry begins as a draft, waits, is accepted, and goes when its last file has arrived too. Reports and files travel side by side, each
// by one tab at a time: a photo holds up no report. A draft is written in one tab at a time. What the CRM refuses stays until a person has
// mended it; when the session is over the credential of this device sends what waits, or it waits for the login.
import * as drafts from '__FILO_DRAFTS__';
import * as mirror from '__FILO_MIRROR__';
import * as sending from '__FILO_SENDING__';
import * as vault from '__FILO_VAULT__';

export { recall, risk, sha256 } from '__FILO_VAULT__';

/** The shape of entries that this build writes. An entry of a later one is shown and left alone. */
export const VERSION = 2;
/** What is wanted without a network is fetched when the first page has had its turn, in milliseconds after somebody is here. */
const PREPARE_AFTER_MS = 4_000;
/** What was read is kept a moment later, in milliseconds, and so many answers: those read last. */
const SEEN_AFTER_MS = 2_000;
const SEEN_MOST = 60;

/** Tabs of the same browser tell each other: "something in the outbox has changed", or `{ give }`: "I go on with this draft". */
const tabs = globalThis.BroadcastChannel && new BroadcastChannel('filo.outbox');
/** What the app told: { crm, vault, reports, messages, uploads, upload, state, drafts, draft, wanted }, addresses of the CRM and what is wanted without a network; { reply }, what a message is called. */
let paths;
/** Tells the app what happened. */
let tell = () => {};
/** How to send: in the `session`, by the credential of this device (`pass`), as somebody who does not sign in (`nobody`), or not at all. */
let way = '';
let entries = [];
/** Whose entries these are, and what they sent without signing in that goes on under their name. */
let whose = '';
let carried = [];
/** Who acts for who is here, by a delegation: nothing of it is kept, and the device stays its own person's. */
let acting;
/** Counts who came and went: what was begun for somebody before ends there. */
let turns = 0;
/** Resolves when the vault of who is here has been opened the first time. */
let opened;
const isOpen = new Promise((resolve) => (opened = resolve));
/** Whether the vault of who is here lies on the device, and what the app was told of it. */
let onDevice = false;
let toldDevice;
/** What travels side by side: entries of a state, and the name under which one tab at a time has them. */
const lanes = [{ state: 'waiting', name: 'filo.outbox' }, { state: 'travelling', name: 'filo.outbox.files' }];
let timer;
/** When the browser was last told that it is online again. */
let backAt = 0;
/** Forms keep one after the other. */
let keeping = Promise.resolve();

/** Opens the outbox of a person ({ id, … }, as the app wants to find them again without a network), whose device it is on. */
export async function open(me, isMine, addresses, listener) {
  if (way === 'nobody') carried = await unsent();
  const { id, session } = JSON.parse(me);
  acting = session?.acting;
  const turn = begin(id);
  [paths, tell, way, toldDevice] = [addresses, listener, '', undefined];
  sending.become({ paths, person: id, pass: '', tell });
  const old = (await vault.lastPass())?.token;
  if (!isMine && !acting) {
    if (old) sending.endPass(old).catch(() => {});
    await vault.dropKey().catch(() => {});
  }
  if (turn !== turns) return;
  // A vault of no name has no key: it is in memory.
  let isKept = await vault.unlock(acting ? `${acting} for ${id}` : id);
  if (isMine && (!isKept || vault.login() !== session?.ends_at)) {
    // Given once for each login; without a key things are in memory until the next one.
    const given = await sending.request('POST', paths.vault, old && { authorization: `Bearer ${old}`, 'x-filo-person': id }).then((answer) => answer.json()).catch(() => undefined);
    if (turn !== turns) return;
    if (given?.key) isKept = await vault.unlock(id, { ...given, login: session?.ends_at });
  }
  if (turn !== turns) return;
  if (isKept) await vault.remember(me).catch(() => {});
  onDevice = isKept;
  opened();
  for (const [entry, files] of carried) await write(entry, files);
  await load();
  // Before this moment a wake would have sent what belongs to somebody else.
  if (turn !== turns) return;
  carried = [];
  way = 'session';
  if (onDevice) setTimeout(() => turn === turns && prepare(), PREPARE_AFTER_MS);
  mirror.open({ paths, isOn: () => way === 'session' && onDevice, drafts: () => entries, changed: load, drop: takeAway }).catch(() => {});
  wake();
}

/** Somebody is here: what belongs to others is out of sight, and what was begun for them ends. Which turn it is. */
function begin(owner) {
  if (owner !== whose) entries = [];
  if (whose && owner !== whose) lately.clear();
  whose = owner;
  return (turns += 1);
}

/** Opens the outbox of somebody who does not sign in: nobody's key is there, so all is in memory, as long as the page lives. */
export async function openForNobody(addresses, listener) {
  const turn = begin('');
  [paths, tell, way, toldDevice, onDevice, carried, acting] = [addresses, listener, '', undefined, false, [], undefined];
  sending.become({ paths, person: '', pass: '', tell });
  await vault.unlock('');
  opened();
  await load();
  if (turn !== turns) return;
  way = 'nobody';
  wake();
}

/** What somebody sent without signing in, and has not left yet, with its files: it goes on when they sign in meanwhile. */
function unsent() {
  const withFiles = async (entry) => [entry, (await Promise.all(entry.files.map(async ({ id }) => [id, await vault.read('files', id)]))).filter(([, bytes]) => bytes)];
  return Promise.all(entries.filter(({ state }) => state !== 'draft').map(withFiles));
}

// What is only in memory is gone with the page: the browser asks first.
globalThis.addEventListener?.('beforeunload', (event) => entries.some(({ on_device }) => !on_device) && event.preventDefault());

/** What is kept under a name; waits until the vault is open. */
export const read = (room, id) => isOpen.then(() => vault.read(room, id));

/** Keeps a note under a name; where it is then, `device` or `memory`. */
export const note = (id, text) => isOpen.then(() => vault.write([['answers', id, text]]));

/** What the person has read lately, not kept yet, and when it will be. */
const lately = new Map();
let keepingLately;

/** Keeps what the person has just read, by its path, with when: on their own device, for when there is no network. */
export function saw(path, text) {
  lately.set(path, JSON.stringify({ at: Date.now(), text }));
  keepingLately ??= setTimeout(keepLately, SEEN_AFTER_MS);
}

async function keepLately() {
  // The first page is read before it is known whose device it is.
  await isOpen;
  keepingLately = undefined;
  if (!onDevice) return lately.clear();
  const [turn, rows] = [turns, [...lately]];
  const before = JSON.parse((await vault.read('answers', 'seen')) ?? '[]').filter((path) => !lately.has(path));
  if (turn !== turns || !rows.length) return;
  const paths = [...before, ...lately.keys()];
  const gone = paths.splice(0, Math.max(0, paths.length - SEEN_MOST));
  const kept = rows.filter(([path]) => !gone.includes(path)).map(([path, seen]) => ['answers', `seen/${path}`, seen]);
  await vault.write([...kept, ...gone.map((path) => ['answers', `seen/${path}`, null]), ['answers', 'seen', JSON.stringify(paths)]]);
  for (const [path, seen] of rows) if (lately.get(path) === seen) lately.delete(path);
}

/** What the person has read under a path, as JSON `{ at, text }`; undefined when it is not kept. */
export const seen = async (path) => (await isOpen, lately.get(path) ?? vault.read('answers', `seen/${path}`));

/** Nobody is here any more: the key goes, what was kept stays unreadable. */
export const close = () => end(vault.forget);

/** This person has deleted their data: nothing of theirs stays on this device. */
export const erase = () => end(vault.erase);

/** Nobody is here any more; `last` is what becomes of what was kept. */
async function end(last) {
  turns += 1;
  [way, entries, whose, carried, acting] = ['', [], '', [], undefined];
  lately.clear();
  sending.become({ person: '', pass: '' });
  drafts.releaseAll();
  tell('list', entries);
  const pass = await vault.pass();
  // Before it is forgotten here it is of no use any more at the CRM.
  if (pass) sending.endPass(pass.token).catch(() => {});
  await last();
}

/** The session is over: the credential of this device sends what waits; without one it waits. */
export async function rest() {
  way = '';
  const [turn, pass] = [turns, await vault.pass()];
  if (!pass || turn !== turns || Date.parse(pass.ends_at) < Date.now()) return;
  sending.become({ pass: pass.token });
  way = 'pass';
  wake();
}

/** Nobody is signed in, and what waits here may leave all the same: by the credential of this device, for who was here last. */
export async function depart(addresses) {
  // Somebody writes without signing in: their things are in the page, and nobody else's go before them.
  if (way === 'nobody') return;
  const turn = (turns += 1);
  const me = (await vault.isBegun()) && (await vault.recall());
  if (!me || turn !== turns) return;
  const { id } = JSON.parse(me);
  if (!(await vault.unlock(id)) || turn !== turns) return;
  [paths, onDevice, entries, whose] = [addresses, true, [], id];
  sending.become({ paths, person: id, pass: '', tell: () => {} });
  await load();
  if (turn === turns) await rest();
}

/** What was kept, brought to the shape of this build. */
export const upgrade = (entry) => ((entry.version ?? 1) >= VERSION ? entry : { tries: 0, next_at: 0, files: [], rev: '', ...entry, version: VERSION });

async function load() {
  const [turn, before] = [turns, entries];
  const [{ rows, isWhole }, names] = [await vault.all('entries'), await drafts.elsewhere()];
  const found = rows.map(({ text, mark }) => [onTheWay(upgrade(JSON.parse(text)), before), mark]);
  for (const [entry, mark] of found) {
    // Written by a build that knew no marks: once, and only while it is still as it was read.
    if (mark.state === undefined) await vault.write([row(entry)], (now) => now !== undefined && now.state === undefined);
  }
  // What was read for who was here before is nobody's business now.
  if (turn !== turns) return;
  const gone = before.filter(({ id }) => !found.some(([entry]) => entry.id === id));
  // What this device had as a draft and has no more was sent or thrown away in one of its tabs; what could not be read is still there.
  if (isWhole) for (const { id } of gone) mirror.ended(id);
  entries = [...(isWhole ? [] : gone), ...found.map(([entry]) => shown(entry, names))].sort((a, b) => a.changed_at - b.changed_at);
  tellList();
}

/** An entry as it was read, with how far its files are: that is kept only when one has arrived. */
function onTheWay(entry, before) {
  const known = new Map(before.find(({ id }) => id === entry.id)?.files.map(({ id, sent }) => [id, sent]));
  return { ...entry, files: entry.files.map((file) => ({ ...file, sent: known.get(file.id) ?? file.sent })) };
}

/** An entry as it is shown, with what is not kept: whether it is on the device with all its files, and open in another tab. */
function shown(entry, names = []) {
  const isKept = onDevice && !vault.isInMemory('entries', entry.id) && entry.files.every(({ id }) => !vault.isInMemory('files', id));
  return { ...entry, ...mirror.about(entry.id), on_device: isKept, elsewhere: names.includes(entry.id) };
}

function tellList() {
  tell('list', [...entries, ...mirror.others(entries)]);
  const now = onDevice && entries.every(({ on_device }) => on_device);
  if (now !== toldDevice) tell('device', (toldDevice = now));
}

/** The row of an entry in the vault: what is not kept of it stays out. */
function row({ on_device, elsewhere, clash, sent_elsewhere, ...entry }) {
  return ['entries', entry.id, JSON.stringify({ ...entry, version: VERSION }), { state: entry.state, rev: entry.rev ?? '' }];
}

/**
 * Keeps what a form has, with the bytes of files that are not kept yet (`[id, bytes]`), together or not at all. Where it is then, `device`
 * or `memory`; `moved` when it has been sent or deleted in another tab, `other` when another tab has changed it: then nothing is written.
 */
export function keep(entry, files = []) {
  return (keeping = keeping.catch(() => {}).then(() => keepForm(entry, files)));
}

async function keepForm(entry, files) {
  const isSending = entry.state !== 'draft';
  if (!isSending) await drafts.own(entry.id);
  const before = entries.find(({ id }) => id === entry.id);
  // Taken up and not changed: there is nothing to write.
  if (!isSending && !files.length && before?.state === 'draft' && before.body === entry.body && before.rev === drafts.known.get(entry.id)) return before.on_device ? 'device' : 'memory';
  const rev = crypto.randomUUID();
  let mark;
  const where = await write({ ...entry, rev }, files, (now) => drafts.mayKeep((mark = now), drafts.known.get(entry.id), isSending));
  if (where !== 'refused') drafts.known.set(entry.id, rev);
  if (where === 'refused') {
    await load();
    if (isSending && entries.find(({ id }) => id === entry.id)?.body === entry.body) return 'same';
    return mark?.state === 'draft' || mark?.state === 'stuck' ? 'other' : 'moved';
  }
  if (isSending) release(entry.id);
  else mirror.later(entry.id);
  return where;
}

/** Writes an entry and files; the files it has no longer go. Files that are in memory only come along: perhaps there is room now. */
async function write(entry, files = [], allows) {
  const turn = turns;
  const before = entries.find(({ id }) => id === entry.id);
  const gone = (before?.files ?? []).filter(({ id }) => !entry.files.some((file) => file.id === id));
  const stranded = entry.files.filter(({ id }) => vault.isInMemory('files', id) && !files.some(([known]) => known === id));
  const bytes = [...files, ...(await Promise.all(stranded.map(async ({ id }) => [id, await vault.read('files', id)])))];
  const where = await vault.write([...bytes.map(([id, value]) => ['files', id, value]), ...gone.map(({ id }) => ['files', id, null]), row(entry)], allows);
  if (where === 'refused' || turn !== turns) return where;
  const now = shown(entry);
  entries = entries.some(({ id }) => id === entry.id) ? entries.map((one) => (one.id === entry.id ? now : one)) : [...entries, now];
  tellList();
  tabs?.postMessage('');
  return where;
}

/** Keeps an entry and sends it; asks the browser to wake us when the network is back. */
export async function send(entry, files) {
  let where = await keep(entry, files);
  // In another tab it was sent with other words, or goes on: this one is a report of its own.
  if (where === 'moved' || where === 'other') where = await renew(entry, files);
  wake();
  vault.wakeLater().catch(() => {});
  return where;
}

/** Takes an entry away with its files, because the person says so: what is written under its key from now on is new. */
export async function remove(id) {
  await takeAway(id, true);
  drafts.known.delete(id);
  release(id);
}

async function takeAway(id, isThrown = false) {
  const entry = entries.find((known) => known.id === id);
  mirror.forget(id, isThrown).catch(() => {});
  if (!entry) return tellList();
  entries = entries.filter((known) => known !== entry);
  tellList();
  await vault.write([['entries', id, null], ...entry.files.map((file) => ['files', file.id, null])]);
  tabs?.postMessage('');
}

/** Tries an entry at once, also what was refused. */
export async function retry(id) {
  const entry = entries.find((known) => known.id === id);
  if (!entry) return;
  const state = entry.state === 'stuck' ? (hasArrived(entry) ? 'travelling' : 'waiting') : entry.state;
  await write({ ...entry, state, tries: 0, next_at: 0, files: entry.files.map((file) => ({ ...file, problem: null })) });
  wake();
}

/** Whether the CRM has accepted it, and only its files are left. */
const hasArrived = ({ state, files }) => state === 'travelling' || files.some((file) => file.arrived || file.problem);

/** Makes a draft this tab's. False when another has it open; with `take` that one hands it over. */
export async function own(id, take = false) {
  if (!(await drafts.own(id, take && (() => tabs?.postMessage({ give: id }))))) return false;
  await load();
  const entry = entries.find((one) => one.id === id);
  if (entry) drafts.known.set(id, entry.rev);
  tabs?.postMessage('');
  return true;
}

/** Lets a draft go: another tab may open it. */
export const release = (id) => drafts.release(id) && tabs?.postMessage('');
drafts.onTaken((id) => tell('taken', id));

/** Fetches what is wanted also without a network, and keeps it by its path. What cannot be had now is had at the next start. */
async function prepare() {
  for (const [path, address] of paths.wanted) {
    const text = await sending.request('GET', address).then((answer) => answer.text()).catch(() => undefined);
    if (text && text !== (await vault.read('answers', path))) await vault.write([['answers', path, text]]);
  }
}

/**
 * Whether an entry may be sent now: its pause is over, or the browser has come online since it was tried. A pause longer than any there
 * is comes from a clock that was put back.
 */
export function isDue({ state, next_at, tried_at = 0, version = VERSION }, now, back = 0) {
  const isOver = next_at <= now || next_at > now + sending.LONGEST_MS * 2 || tried_at < back;
  return (state === 'waiting' || state === 'travelling') && version <= VERSION && isOver;
}

/** Sends what is due; called whenever that may have changed. While it runs, another call makes it look once more. */
export const wake = () => Promise.all(lanes.map(run));

async function run(lane) {
  lane.again = true;
  if (lane.isRunning || !way) return;
  lane.isRunning = true;
  try {
    while (lane.again && way) {
      lane.again = false;
      await vault.exclusive(lane.name, () => pass(lane));
    }
  } finally {
    lane.isRunning = false;
  }
  const next = Math.min(...entries.filter((entry) => isDue(entry, entry.next_at)).map(({ next_at }) => next_at));
  clearTimeout(timer);
  if (way && next < Infinity) timer = setTimeout(wake, Math.min(sending.LONGEST_MS, Math.max(sending.SHORTEST_MS, next - Date.now())));
}

globalThis.addEventListener?.('focus', wake);
globalThis.document?.addEventListener('visibilitychange', () => document.hidden || wake());
globalThis.addEventListener?.('online', () => {
  backAt = Date.now();
  sending.refresh();
  wake();
});
if (tabs) {
  tabs.onmessage = ({ data }) => {
    if (data.give) return drafts.has(data.give) && tell('give', data.give);
    load().then(wake);
  };
}

/** Everything of a lane that is due, the oldest first, as the vault has it: another tab may have been here. */
async function pass({ state }) {
  await load();
  const back = backAt > sending.quietUntil ? backAt : 0;
  for (let entry; way && (entry = entries.find((one) => one.state === state && isDue(one, Date.now(), back))); ) await step(structuredClone(entry));
}

/** One entry, one step further. */
async function step(entry) {
  const turn = turns;
  try {
    await (entry.state === 'waiting' ? handIn(entry) : bring(entry));
  } catch (problem) {
    if (turn === turns) await failed(entry, problem);
  }
}

/** What failed is tried again later, mended, or waits for somebody to log in. */
async function failed(entry, { status, problem, pass }) {
  // Who has no session cannot lose it.
  const what = status === 401 && entry.token ? 'again' : sending.verdict(status, problem?.code);
  if (what === 'other') {
    way = '';
    return tell('other person');
  }
  if (what === 'back') return signedOut(pass);
  if (what === 'renew' && entry.state === 'waiting') return renew(entry, [], true);
  // What the CRM has accepted stays accepted: its files say themselves what is wrong with them.
  // A case may have changed so that it takes this no more (409); once, it is only somebody with the same key at the same moment.
  const mend = (what === 'mend' || (status === 409 && entry.tries > 1)) && entry.state === 'waiting';
  entry.error = status === 429 ? 'too_many' : status >= 400 && status < 502 ? 'broken' : 'offline';
  if (mend) entry.state = 'stuck';
  else {
    entry.tries += 1;
    entry.tried_at = Date.now();
    entry.next_at = sending.nextAt(Date.now(), entry.tries, sending.quietUntil);
  }
  await put(entry);
  tell(mend ? 'refused' : 'later', entry.id, JSON.stringify(problem?.fields ?? []));
}

/** The CRM does not know us: by the session no more, then by the credential (`pass`: with which it was asked), then not at all. */
async function signedOut(pass) {
  if (way === 'session') {
    tell('signed out');
    return rest();
  }
  if (!pass) return;
  way = '';
  await vault.dropPass();
}

/**
 * Another report has this key: this one goes under a new one, with its files under new names, in one change. What the CRM has refused for
 * that (`wasKept`) goes in the same change; what another tab has under the old key stays. Where it is then.
 */
async function renew(entry, files = [], wasKept = false) {
  const names = new Map(entry.files.map(({ id }) => [id, sending.newId()]));
  const report = JSON.parse(entry.body);
  for (const file of report.files ?? []) file.id = names.get(file.id) ?? file.id;
  const bytes = await Promise.all(entry.files.map(async ({ id }) => ['files', names.get(id), new Map(files).get(id) ?? (await vault.read('files', id)) ?? null]));
  const renamed = entry.files.map((file) => ({ ...file, id: names.get(file.id) }));
  const anew = { ...entry, id: sending.newId(), body: JSON.stringify(report), files: renamed, tries: 0, next_at: 0 };
  const old = wasKept ? [...entry.files.map(({ id }) => ['files', id, null]), ['entries', entry.id, null]] : [];
  const where = await vault.write([...bytes, ...old, row(anew)]);
  tell('later', entry.id, '[]');
  await load();
  tabs?.postMessage('');
  return where;
}

/** Sends the entry itself. */
async function handIn(entry) {
  const turn = turns;
  const text = await sending.handIn(entry);
  // Another is here. Who had not signed in waits for the code all the same; the rest is asked for again, and answered the same.
  if (turn !== turns && entry.proof !== 'code') return;
  Object.assign(entry, { state: 'travelling', tries: 0, next_at: 0, error: '', token: JSON.parse(text).upload_token });
  if (entry.files.length) await put(entry);
  else await takeAway(entry.id);
  tell('accepted', entry.id, text);
  run(lanes[1]);
}

/** Brings its files, and lets the entry go when the last has arrived. */
async function bring(entry) {
  const turn = turns;
  for (const file of entry.files) {
    if (file.arrived || file.problem) continue;
    await sending.bringFile(file, () => {
      if (turn !== turns) return;
      entries = entries.map((known) => (known.id === entry.id ? shown(entry) : known));
      tellList();
    }, entry.token);
    if (turn !== turns) return;
    entry.tries = 0;
    await put(entry);
  }
  if (entry.files.every((file) => file.arrived)) return takeAway(entry.id);
  entry.state = 'stuck';
  await put(entry);
}

/** Keeps an entry as it has become, unless the person has taken it away meanwhile. */
const put = async (entry) => entries.some(({ id }) => id === entry.id) && write(entry);

/** Drafts of other devices: asked for anew, taken up here, one of two versions chosen. */
export const { look } = mirror;
export const takeUp = (id) => mirror.takeUp(id).then(async (entry) => Boolean(entry && (await write(entry))));
export async function choose(id, isThis) {
  const entry = await mirror.choose(entries.find((one) => one.id === id), isThis);
  if (!entry) return load();
  await write(entry);
  // A form that has the other version open gives it up.
  tell('taken', id);
}

/** Before somebody logs out: what was typed last is mirrored. */
export const { flush } = mirror;
