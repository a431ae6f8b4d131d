// Notifications on this device (Web Push): asked for, given up. Loaded by src/channels when somebody wants them or has them.
//
// The browser's permission belongs to the device, the notifications to a person: whoever asked is remembered, and when somebody else signs
// in here, they end.

/** Who is told on this device, and under which identifier the CRM knows it: {person, device}. */
const OWNER = 'filo.push';

function owner() {
  try {
    return JSON.parse(localStorage.getItem(OWNER)) ?? {};
  } catch {
    return {};
  }
}

/** The browser's own record of it, if there is one. */
async function current() {
  const registration = await navigator.serviceWorker?.getRegistration();
  return registration?.pushManager?.getSubscription();
}

/** An iPhone or iPad tells only apps on its home screen (since 16.4). */
function needsHomeScreen() {
  const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
  return apple && !matchMedia('(display-mode: standalone)').matches;
}

/** How things stand for a person here: `on`, `off`, `denied` (by the browser's settings), `home` (put it on the home screen first), `none`. */
export async function state(person) {
  if (needsHomeScreen()) return 'home';
  if (!globalThis.PushManager || !globalThis.Notification || !(await navigator.serviceWorker?.getRegistration())) return 'none';
  if (Notification.permission === 'denied') return 'denied';
  return owner().person === person && (await current()) ? 'on' : 'off';
}

/** The identifier of this device, when this person is told here. */
export function device(person) {
  return owner().person === person ? (owner().device ?? '') : '';
}

/** Asks the browser; what the CRM needs to know of it, as JSON. `denied` when the person says no, `default` when they say nothing. */
export async function subscribe(key) {
  const said = await Notification.requestPermission();
  if (said !== 'granted') return said;
  const { pushManager } = await navigator.serviceWorker.ready;
  const ask = () => pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  // One that was made under another key of the town is of no use.
  const subscription = await ask().catch(async () => {
    await (await pushManager.getSubscription())?.unsubscribe();
    return ask();
  });
  const { endpoint, keys } = subscription.toJSON();
  return JSON.stringify({ subscription: { endpoint, ...keys }, name: name() });
}

/** The CRM knows it. */
export function remember(person, device) {
  localStorage.setItem(OWNER, JSON.stringify({ person, device }));
}

/** No more notifications on this device. */
export async function leave() {
  try {
    localStorage.removeItem(OWNER);
  } finally {
    await (await current())?.unsubscribe();
  }
}

/** Somebody is here: another's notifications end. */
export async function arrived(person) {
  const before = owner().person;
  if (before && before !== person) await leave();
}

/** What a person knows the device by. */
function name() {
  const { userAgent } = navigator;
  const first = (pairs) => pairs.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = first([[/Edg/, 'Edge'], [/Firefox|FxiOS/, 'Firefox'], [/SamsungBrowser/, 'Samsung'], [/Chrome|CriOS/, 'Chrome'], [/Safari/, 'Safari']]);
  const system = first([[/Android/, 'Android'], [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/Linux|CrOS/, 'Linux']]);
  return [browser, system].filter(Boolean).join(', ') || 'Browser';
}
