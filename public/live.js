// The live line: what changes at the town hall is heard at once. One line for all windows of this browser, held by the one that was looked
// at last; the others hear it from there. Loaded by src/live.rs when somebody is here.
//
// A line that was cut goes on where it was (Last-Event-ID), so nothing is missed; what is heard twice is only read twice.

/** The pause before a refused line is tried again, in milliseconds; it doubles up to the longest. */
const FIRST_MS = 2_000;
const LONGEST_MS = 120_000;
/** What a window that comes later has missed at most, in milliseconds: the line's holder tells it again. */
const TOLD_MS = 60_000;
const LINE = 'filo.live';

const windows = globalThis.BroadcastChannel && new BroadcastChannel(LINE);
/** Who listens: { address, person, tell }; nothing while nobody does. */
let here;
/** What this window holds the line by, when it holds it. */
let source;
/** Ends this window's hold, or its wish for one. */
let letGo = () => {};
let timer;
let tries = 0;
/** Where the line stands, as far as this window has heard; and what it has told the others, with when. */
let position;
let told = [];

/** Listens for a person; `tell(kind, case)` hears what has changed. */
export function open(address, person, tell) {
  if (here?.person !== person) [position, told] = [undefined, []];
  here = { address, person, tell };
  hold();
  // What the others heard while this window was being drawn.
  windows?.postMessage({ person, again: true });
}

/** Nobody is here any more. */
export function close() {
  here = undefined;
  letGo();
  disconnect();
}

/** Takes the line into this window: away from whichever has it, or (`isPatient`) when that one closes. */
function hold(isPatient = false) {
  letGo();
  if (!here || (document.hidden && !isPatient)) return;
  if (!navigator.locks) return connect();
  const over = new Promise((resolve) => {
    letGo = () => {
      disconnect();
      resolve();
    };
  });
  const mine = letGo;
  navigator.locks.request(LINE, { steal: !isPatient }, () => {
    if (letGo === mine) connect();
    return over;
    // Another window has taken it.
  }).catch(() => letGo === mine && hold(true));
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
  source = undefined;
}

function connect() {
  disconnect();
  if (!here) return;
  const { person, address } = here;
  // A page shows what it has read since it was opened: whatever changed meanwhile is heard.
  const from = position === undefined ? `since_seconds=${Math.ceil(performance.now() / 1000)}` : `after=${position}`;
  const line = new EventSource(`${address}?${from}`);
  source = line;
  line.onmessage = ({ data, lastEventId }) => {
    const news = JSON.parse(data);
    tries = 0;
    position = lastEventId;
    // The cookie is another's by now: the session hears of it by itself.
    if (news.kind === 'here') return news.person === person ? here?.tell('here') : disconnect();
    if (news.kind === 'over') return disconnect();
    told = [...told.filter(({ at }) => at > Date.now() - TOLD_MS), { at: Date.now(), news, position }];
    windows?.postMessage({ person, news, position });
    here?.tell(news.kind, news.case);
  };
  line.onerror = () => {
    // The browser tries again by itself after a cut, not after a refusal.
    if (line.readyState !== EventSource.CLOSED || source !== line) return;
    tries += 1;
    timer = setTimeout(connect, Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 10)) * (0.5 + Math.random() / 2));
  };
}

if (windows) {
  windows.onmessage = ({ data }) => {
    if (data.person !== here?.person) return;
    if (data.again) for (const one of source ? told : []) windows.postMessage({ person: data.person, ...one });
    else if (data.news && !source) {
      position = data.position;
      here.tell(data.news.kind, data.news.case);
    }
  };
}
globalThis.document?.addEventListener('visibilitychange', () => document.hidden || source || hold());
globalThis.addEventListener?.('online', () => source?.readyState === EventSource.CLOSED && connect());
