// Starts Filo: the Trusted Types policy, the language, the first requests, then the WebAssembly; says so when it cannot.
// The build writes the names of the hashed files into it: those of the words by language, the app's script, its WebAssembly.
const WORDS = __FILO_WORDS__;

/** How long an answer that the first page needs may take, in milliseconds: a network that is dead never says so. */
const READ_MS = 20_000;
/** How long the shell waits before it says that the network is slow, in milliseconds. */
const SLOW_MS = 12_000;
/** The longest that the WebAssembly waits for the shell to be seen, in milliseconds. */
const PAINT_MS = 300;
/** How long a started app may take to draw itself, in milliseconds. */
const MOUNT_MS = 8_000;
/** The service worker is fetched when the first page has had its turn, in milliseconds after the start. */
const INSTALL_AFTER_MS = 3_000;
/** Where the chosen language is kept. */
const LANGUAGE_KEY = 'filo.lang';
/** Languages written from right to left. */
const RIGHT_TO_LEFT = ['ar'];
/** What runs script from markup: nothing of Filo's own templates has it. */
const SCRIPT_IN_MARKUP = /<\s*(script|iframe|object|embed|base|meta)|javascript:|srcdoc|[\s"'/]on[a-z]+\s*=/i;

installTrustedTypes();

const inTime = timeLimit();
const language = chooseLanguage();
const config = fetchConfig();
const filo = {
  icons: '__FILO_ICONS__',
  language,
  words: fetchWords(language),
  config,
  early: beginEarly(language, config),
  late: (code) => Promise.all([fetchWords(code, 1), dress()]).then(([sentences]) => sentences),
  changeLanguage,
  outbox: script((again) => import('__FILO_OUTBOX__' + again)),
  map: script((again) => import('__FILO_MAP__' + again)),
  live: script((again) => import('__FILO_LIVE__' + again)),
  push: script((again) => import('__FILO_PUSH__' + again)),
  wipe: script((again) => import('__FILO_WIPE__' + again)),
  blur: script((again) => import('__FILO_BLUR__' + again)),
  ballot: script((again) => import('__FILO_BALLOT__' + again)),
  qr: script((again) => import('__FILO_QR__' + again)),
  fail: () => show('failed'),
};
window.filo = filo;
// Whoever waits for them hears of it; a page that does not start waits for nothing.
filo.words.catch(() => {});
tellLanguage(language);
config.then(dressShell);
start();

/** One policy for the whole page: markup without script, scripts of this origin. */
function installTrustedTypes() {
  globalThis.trustedTypes?.createPolicy('default', {
    createHTML(markup) {
      if (SCRIPT_IN_MARKUP.test(markup)) throw new TypeError('markup with script');
      return markup;
    },
    createScriptURL(url) {
      if (new URL(url, location.href).origin !== location.origin) throw new TypeError('script of another origin');
      return url;
    },
  });
}

/** What gives up the first requests when their time is over; what came and was not taken by then is not used any more. */
function timeLimit() {
  const limit = new AbortController();
  setTimeout(() => {
    filo.early.clear();
    limit.abort();
  }, READ_MS);
  return limit.signal;
}

/** A script, fetched once. The browser remembers for ever that an address could not be had: asking again needs another one. */
function script(fetchIt) {
  let fetched;
  let tries = 0;
  const again = (problem) => {
    [fetched, tries] = [undefined, tries + 1];
    throw problem;
  };
  return () => (fetched ??= fetchIt(tries ? `?again=${tries}` : '').catch(again));
}

/** The language chosen before, else the first of the browser's that Filo has, else Italian. */
function chooseLanguage() {
  const wanted = [remembered(), ...(navigator.languages ?? [])];
  return wanted.map((tag) => String(tag).slice(0, 2).toLowerCase()).find((code) => Object.hasOwn(WORDS, code)) ?? 'it';
}

/** A browser may forbid its storage: then nothing is remembered. */
function remembered() {
  try {
    return localStorage.getItem(LANGUAGE_KEY);
  } catch {
    return null;
  }
}

/** Sentences of a language, as an array: the first page's, or (`part` 1) the rest. Rejected when they cannot be had. */
async function fetchWords(code, part = 0) {
  const answer = await fetch(WORDS[code][part]);
  const sentences = answer.ok ? await answer.json() : null;
  if (!Array.isArray(sentences)) throw new Error(`no sentences (${answer.status})`);
  return sentences;
}

/** The style of pages that travel late, put into the page once. Rejected when it cannot be had: it is asked for again the next time. */
function dress() {
  return (filo.dressed ??= new Promise((done, fail) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '__FILO_STYLE__', onload: done });
    link.onerror = () => {
      link.remove();
      filo.dressed = undefined;
      fail(new Error('no style'));
    };
    document.head.append(link);
  }));
}

/** The town's settings; null when the file is missing or broken: the app then says so. */
async function fetchConfig() {
  try {
    const answer = await fetch('/config.json', { signal: inTime });
    const settings = answer.ok ? await answer.json() : null;
    return settings && typeof settings === 'object' && !Array.isArray(settings) ? settings : null;
  } catch {
    return null;
  }
}

/**
 * Asks the CRM, while the WebAssembly is still on its way, what the first page will ask, all at once: on a slow network each
 * question after another costs half a second. The app takes an answer once, by its path. Nothing is kept; who is not signed in
 * is told so, as the app would be.
 */
function beginEarly(code, settings) {
  const early = new Map();
  const lists = {
    '/': ['/api/v1/me/tasks', '/api/v1/cases?limit=5'],
    '/cases': ['/api/v1/cases?limit=20'],
  };
  const known = Object.hasOwn(lists, location.pathname) && !location.search;
  const first = known ? [`/api/v1/dictionary?language=${code}`, ...lists[location.pathname]] : [];
  for (const path of ['/api/v1/me', ...first]) {
    const answer = fetch(path, { headers: { 'x-filo': '1' }, signal: inTime }).then(async (answer) => {
      // With the CRM elsewhere this was not its answer.
      if ((await settings)?.crm) throw new Error('another CRM');
      return answer;
    });
    answer.catch(() => {});
    early.set(path, answer);
  }
  return early;
}

/** Fetches another language, all of it, and remembers it. */
async function changeLanguage(code) {
  const sentences = (await Promise.all([fetchWords(code), filo.late(code)])).flat();
  filo.language = code;
  filo.words = Promise.resolve(sentences);
  tellLanguage(code);
  try {
    localStorage.setItem(LANGUAGE_KEY, code);
  } catch {
    // Not remembered: it is asked for again next time.
  }
  return sentences;
}

/** Tells the document, and the shell while it is there, which language is read. The shell's own help is for who cannot run this. */
function tellLanguage(code) {
  document.querySelector('#boot [data-boot="stuck"]')?.remove();
  document.documentElement.lang = code;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(code) ? 'rtl' : 'ltr';
  const blocks = [...document.querySelectorAll('#boot [data-language]')];
  const own = blocks.some((block) => block.dataset.language === code) ? code : 'it';
  for (const block of blocks) block.hidden = block.dataset.language !== own;
}

/** Writes the town's own name and phone number into the shell. */
function dressShell(settings) {
  const texts = { town: settings?.town, tagline: settings?.tagline, region: settings?.region?.name, phone: settings?.phone?.shown };
  for (const element of document.querySelectorAll('#boot [data-config]')) {
    const text = texts[element.dataset.config];
    if (typeof text === 'string' && text !== element.textContent) element.textContent = text;
    const number = settings?.phone?.number;
    if (element.dataset.config === 'phone' && /^\+?[0-9]+$/.test(number ?? '')) element.href = `tel:${number}`;
  }
}

/**
 * When the shell is on the screen: the largest file comes behind what the first sight needs. In a window that is not seen nothing
 * is painted, and some browsers do not tell: then it is a matter of time.
 */
function painted() {
  return new Promise((done) => {
    setTimeout(done, document.hidden ? 0 : PAINT_MS);
    try {
      new PerformanceObserver(done).observe({ type: 'paint', buffered: true });
    } catch {
      done();
    }
  });
}

/** Loads and runs the app; whatever goes wrong ends in words and a phone number. */
async function start() {
  const slow = setTimeout(() => show('slow'), SLOW_MS);
  try {
    if (typeof WebAssembly !== 'object') return show('too-old');
    const wasm = painted().then(() => fetch('__FILO_WASM__'));
    const app = await import('__FILO_JS__');
    await Promise.all([app.default({ module_or_path: wasm }), filo.words]);
    await config;
    setTimeout(() => document.getElementById('boot') && show('failed'), MOUNT_MS);
    // Without it the app is only not there when the network is not.
    setTimeout(() => import('__FILO_INSTALLED__').then(async ({ stay }) => stay(await config)).catch(() => {}), INSTALL_AFTER_MS);
  } catch (problem) {
    console.warn('Filo did not start:', problem);
    show(problem instanceof WebAssembly.CompileError ? 'too-old' : 'failed');
  } finally {
    clearTimeout(slow);
  }
}

/** Shows one of the shell's messages; a final one takes the place of the skeleton and of "opening". */
function show(message) {
  const boot = document.getElementById('boot');
  if (!boot) return;
  for (const part of boot.querySelectorAll('[data-boot]')) {
    const kind = part.dataset.boot;
    if (kind === message) part.hidden = false;
    else if (message !== 'slow' && (kind === 'opening' || kind === 'skeleton')) part.hidden = true;
    if (kind === 'retry') part.onclick = () => location.reload();
  }
}
