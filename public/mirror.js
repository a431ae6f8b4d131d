// Drafts at the CRM too, so that what was begun on one device goes on on another: each change of a draft is mirrored a moment later, drafts
// of other devices are listed and taken up. Photos stay on their device. Loaded by public/outbox.js; only on one's own device.
import * as sending from '__FILO_SENDING__';
import * as vault from '__FILO_VAULT__';

/** A draft is mirrored so long after its last change, in milliseconds. */
const AFTER_MS = 3_000;
/** Nobody who logs out waits longer than this for the mirror, in milliseconds. */
const FLUSH_MS = 4_000;

/** What the outbox told: { paths, isOn, drafts, changed, drop }. */
let desk;
/** What may become of a draft: a report, or a message about a case. */
const KINDS = ['report', 'message'];
/** Of each draft here: { version: the CRM's that it goes on from, rev: what is mirrored, clash: the CRM's draft that it does not know, isSent }. */
let states = new Map();
/** The drafts that the CRM has, as it lists them. */
let there = [];
/** Drafts thrown away here that the CRM has not heard of yet. */
let gone = [];
let timers = new Map();
/** Drafts that this device has sent or thrown away, and which it was: whatever the CRM answered before, they are none any more. */
let over = new Map();

/** Begins for who is here: asks for the drafts of other devices, and mirrors what is not mirrored yet. */
export async function open(to) {
  for (const timer of timers.values()) clearTimeout(timer);
  [desk, states, there, gone, timers, over] = [to, new Map(), [], [], new Map(), new Map()];
  if (!to.isOn()) return;
  gone = JSON.parse((await vault.read('answers', 'mirror/gone')) ?? '[]');
  await look();
  for (const { id } of drafts()) await mirror(id);
}

/** Where the messages about a case are sent. */
const messagesOf = (id) => desk.paths.messages.replace('{id}', id);
const kindOf = ({ path, about }) => (path === desk.paths.reports ? 'report' : about && path === messagesOf(about) && 'message');
const drafts = () => desk.drafts().filter((entry) => entry.state === 'draft' && kindOf(entry));
/** What the CRM has of a draft, as its body. */
const content = (far) => far[far.summary.kind];
/** What an entry has of the CRM's summary: where it goes, what it is called. */
const placed = ({ kind, title, case: about }) =>
  kind === 'message' ? { path: messagesOf(about), about, title: desk.paths.reply.replace('{title}', title) } : { path: desk.paths.reports, title };
const address = (id) => desk.paths.crm + desk.paths.draft.replace('{id}', id);
/** One tab at a time mirrors a draft. */
const alone = (id, work) => vault.exclusive(`filo.mirror.${id}`, work);

/** What is known of a draft, as another tab may have left it. */
async function known(id) {
  const kept = await vault.read('answers', `mirror/${id}`);
  if (kept) states.set(id, JSON.parse(kept));
  else states.delete(id);
  return states.get(id) ?? {};
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What is known of a draft here, for the page: { clash, isSent }. */
export const about = (id) => ({ clash: states.get(id)?.clash, sent_elsewhere: states.get(id)?.isSent });

/** The drafts of other devices, as entries to be shown. */
export const others = (entries) =>
  there.filter(({ id }) => !gone.includes(id) && !over.has(id) && !entries.some((entry) => entry.id === id))
    .map((far) => ({ ...placed(far), id: far.id, state: 'draft', files: [], changed_at: Date.parse(far.changed_at), is_far: true }));

/** Asks the CRM which drafts there are. What cannot be had now is had the next time. */
export async function look() {
  if (!desk?.isOn()) return;
  for (const id of [...gone]) await end(id);
  const before = new Map();
  for (const { id, rev } of drafts()) before.set(id, { rev, mirrored: (await known(id)).rev });
  const page = await sending.request('GET', desk.paths.crm + desk.paths.drafts).then((answer) => answer.json()).catch(() => undefined);
  if (!page) return;
  there = (page.items ?? []).filter(({ kind, id }) => KINDS.includes(kind) && !gone.includes(id));
  for (const here of drafts().filter(({ elsewhere }) => !elsewhere)) {
    const far = there.find(({ id }) => id === here.id);
    if (far && far.version > (states.get(here.id)?.version ?? 0)) await alone(here.id, () => compare(here));
    // The other device has sent it or thrown it away: there is nothing left to choose,
    else if (!far && !page.next && states.get(here.id)?.clash) await anew(here.id);
    // or this one has nothing that was not sent.
    else if (!far && !page.next && isAsMirrored(here, before.get(here.id))) await alone(here.id, () => settle(here));
  }
  desk.changed();
}

/** Whether a draft is what the CRM was given before, no more and no less. */
const isAsMirrored = ({ rev }, before) => before?.mirrored !== undefined && before.rev === rev && before.mirrored === rev;

/**
 * The CRM has a draft no more that nothing was added to here. If another device has sent it, it goes here too, unless there are photos
 * that only this device has; if it was thrown away, this one stays for who has it open. Nothing is begun anew by asking.
 */
async function settle(draft) {
  const state = await known(draft.id);
  if (!state.version || state.isSent) return;
  const wasSent = await put(draft, state.version).then(() => false, isOfSent);
  if (wasSent && draft.files.length) await note(draft.id, { ...state, isSent: true });
  else if (wasSent) await desk.drop(draft.id);
}

/** Whether the CRM refused a draft because it was sent already. */
const isOfSent = ({ status, problem }) => status === 409 && problem?.code === 'conflict';

/** Gives the CRM a draft as it is, made from a version of it, or new. */
function put(draft, version) {
  const kind = kindOf(draft);
  const from = version && { 'if-match': `"${version}"` };
  const body = JSON.stringify({ kind, case: draft.about, [kind]: JSON.parse(draft.body) });
  return sending.request('PUT', address(draft.id), { 'content-type': 'application/json', ...from }, body);
}

/** The CRM has a version that this device does not know: the same (an answer was lost), or another, which a person chooses between. */
async function compare({ id, body, rev }) {
  const [far, state] = [await fetchDraft(id), await known(id)];
  if (!far || far.summary.version <= (state.version ?? 0)) return;
  const isSame = same(content(far), JSON.parse(body));
  await note(id, isSame ? { version: far.summary.version, rev } : { ...state, clash: { ...far.summary, text: far.message?.text } });
}

/** A draft as the CRM has it; null when there is none (any more), undefined when it cannot be asked. */
const fetchDraft = (id) => sending.request('GET', address(id)).then((answer) => answer.json()).catch(({ status }) => (status === 404 ? null : undefined));

/** The CRM has it no more: it is mirrored like one that never was there, or turns out to have been sent. */
async function anew(id) {
  await note(id, {});
  await mirror(id);
}

async function note(id, state) {
  if (over.has(id)) return;
  states.set(id, state);
  await vault.write([['answers', `mirror/${id}`, JSON.stringify(state)]]);
}

/** A draft has changed: it is mirrored when it has been left alone for a moment. */
export function later(id) {
  // Written on after it was thrown away: something new.
  over.delete(id);
  if (!desk?.isOn()) return;
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => mirror(id), AFTER_MS));
}

/** Mirrors what is not mirrored yet, without much patience: somebody is about to log out. */
export async function flush() {
  if (!desk?.isOn()) return;
  await Promise.race([Promise.all(drafts().map(({ id }) => mirror(id))), new Promise((done) => setTimeout(done, FLUSH_MS))]);
}

const mirror = (id) => alone(id, () => mirrorNow(id));

async function mirrorNow(id) {
  const state = await known(id);
  const draft = drafts().find((one) => one.id === id);
  if (!desk.isOn() || !draft || draft.elsewhere || over.has(id) || state.clash || state.isSent || state.rev === draft.rev) return;
  try {
    const answer = await put(draft, state.version);
    // Thrown away while it was under way: the CRM has it after all.
    if (over.get(id)) return await end(id);
    await note(id, { version: (await answer.json()).version, rev: draft.rev });
  } catch (refusal) {
    const { status } = refusal;
    if (status === 412) await compare(draft);
    else if (isOfSent(refusal)) await note(id, { ...state, isSent: true });
    else if (status === 404 && state.version) {
      // Thrown away on another device, and gone on with here.
      await note(id, {});
      return mirrorNow(id);
    } else return;
    desk.changed();
  }
}

/** A draft is no more: it has arrived, or (with `isThrown`) it was thrown away, and the CRM is to forget it too. */
export async function forget(id, isThrown) {
  over.set(id, Boolean(isThrown));
  clearTimeout(timers.get(id));
  const isThere = there.some((draft) => draft.id === id) || states.get(id)?.version;
  there = there.filter((draft) => draft.id !== id);
  if (states.delete(id)) await vault.write([['answers', `mirror/${id}`, null]]);
  if (isThrown && isThere) await end(id);
}

/** A draft was sent or thrown away in another tab, which has told the CRM. */
export const ended = (id) => over.has(id) || over.set(id, false);

/** Has the CRM forget a draft, now or when it can be reached. */
async function end(id) {
  const before = gone;
  if (!gone.includes(id)) gone = [...gone, id];
  const isDone = await sending.request('DELETE', address(id)).then(() => true, ({ status }) => status === 404);
  if (isDone) gone = gone.filter((one) => one !== id);
  if (!same(before, gone)) await vault.write([['answers', 'mirror/gone', JSON.stringify(gone)]]);
}

/** A draft of another device as an entry of this one, without its files; undefined when it cannot be had. */
export async function takeUp(id) {
  const far = await fetchDraft(id);
  if (!far) return undefined;
  const rev = sending.newId();
  await note(id, { version: far.summary.version, rev });
  return { ...entryOf(far, []), rev };
}

function entryOf(far, files) {
  const announced = files.map(({ id, kind, name, bytes, sha256 }) => ({ id, kind, name, bytes, sha256 }));
  const body = JSON.stringify({ ...content(far), files: announced });
  return { ...placed(far.summary), id: far.summary.id, state: 'draft', body, files, tries: 0, next_at: 0, changed_at: Date.now() };
}

/** Two versions of a draft: goes on with this device's (`isThis`), or with the other, as an entry to be kept. Photos of this device stay. */
export async function choose(entry, isThis) {
  const far = await fetchDraft(entry.id);
  if (far === null) await anew(entry.id);
  if (!far) return undefined;
  if (isThis) {
    await note(entry.id, { version: far.summary.version });
    await mirror(entry.id);
    return undefined;
  }
  const rev = sending.newId();
  await note(entry.id, { version: far.summary.version, rev });
  return { ...entryOf(far, entry.files), rev };
}
