// Which tab has a draft open: one at a time (Web Locks), so that two never write over each other. Loaded by public/outbox.js.

/** So long a tab may take to hand over the draft it has open, in milliseconds; one that sleeps does not answer. */
const HANDING_OVER_MS = 2_000;
const PREFIX = 'filo.draft.';

/** The drafts open in this tab: how to let them go. */
const open = new Map();
/** Which version of each draft this tab knows. */
export const known = new Map();

/** Whether this tab has a draft open. */
export const has = (id) => open.has(id);

/** Makes a draft this tab's. False when another has it open; with `ask` that one is asked to hand it over, and loses it when it sleeps. */
export async function own(id, ask) {
  if (open.has(id) || (await grab(id, { ifAvailable: true }))) return true;
  if (!ask) return false;
  ask();
  return (await grab(id, { signal: AbortSignal.timeout(HANDING_OVER_MS) })) || grab(id, { steal: true });
}

/** Lets a draft go: another tab may open it. True when it was this tab's. */
export function release(id) {
  open.get(id)?.();
  return open.delete(id);
}

/** Lets all go: nobody is here any more. */
export function releaseAll() {
  for (const id of [...open.keys()]) release(id);
  known.clear();
}

/** Who hears that a draft was taken while this tab slept. */
let taken = () => {};
export const onTaken = (listener) => (taken = listener);

/** Asks for the lock of a draft; true once it is here. */
function grab(id, options) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((done) => {
    const held = (lock) => {
      done(Boolean(lock));
      return lock && new Promise((letGo) => open.set(id, letGo));
    };
    navigator.locks.request(PREFIX + id, options, held).catch(() => {
      if (open.delete(id)) taken(id);
      // Not had in time.
      done(false);
    });
  });
}

/** The drafts that other tabs have open. */
export async function elsewhere() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const ids = held.filter(({ name }) => name.startsWith(PREFIX)).map(({ name }) => name.slice(PREFIX.length));
  return ids.filter((id) => !open.has(id));
}

/**
 * Whether a form may keep its draft (or send it): what is stored is the version it knows (`rev`), and nobody has sent it or taken it away.
 * Of what is sent and gone the CRM knows whether it is the same.
 */
export function mayKeep(mark, rev, isSending) {
  if (!mark) return isSending || rev === undefined;
  return (mark.state === 'draft' || mark.state === 'stuck') && mark.rev === rev;
}
