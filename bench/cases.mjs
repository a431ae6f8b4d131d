// Measures a person with many cases: the list, what is looked for in it, a story of thousands of steps; beside bars and a plain page.
import { randomUUID } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { logIn } from './login.mjs';

const { values: options } = parseArgs({
  options: { app: { type: 'string' }, chromium: { type: 'string' }, steps: { type: 'string', default: '5000' }, built: { type: 'boolean' }, only: { type: 'string' } },
});
const PERSON = 'carlo-bernardi';
const [TASK_MS, FIND_MS] = [50, 100];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=it-IT'];
const PHONE = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true, locale: 'it-IT', ignoreHTTPSErrors: true, serviceWorkers: 'block' };
/** What is looked for: words of titles, of kinds, of states, of notes, and what is nowhere. */
const WORDS = ['licenza', 'via', 'concessa', 'permesso', 'zanzibar', 'scuola', 'passo carrabile', 'lavori', '2026', 'suolo'];

const cookie = { ...(await logIn(options.app, PERSON)), url: options.app, secure: true, httpOnly: true, sameSite: 'Strict' };
const browser = await chromium.launch({ executablePath: options.chromium, args: FLAGS });

const at = (times, share) => times.toSorted((one, other) => one - other)[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)];
const round = (number) => `${Math.round(number)} ms`.padStart(8);
const line = (what, value, bar) => console.log(`${what.padEnd(58)}${round(value)}${bar === undefined ? '' : `   bar ${bar} ms: ${value <= bar ? 'met' : 'MISSED'}`}`);

/** A window of the person's own, its processor slowed down `slow` times. */
async function open(path, slow) {
  const context = await browser.newContext(PHONE);
  await context.addCookies([cookie]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slow });
  await page.goto(options.app + path);
  return { page, end: () => context.close() };
}

/** The longest task of the page's main thread during some work, in milliseconds. */
async function longestTask(page, work) {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = traceEvents.filter(({ name, ph, pid, tid }) => /RunTask$/.test(name) && ph === 'X' && main.has(`${pid} ${tid}`));
  // Of processor time: what other programs take of a busy machine is not the page's.
  return Math.max(0, ...tasks.map(({ dur, tdur = dur }) => tdur / 1000));
}

/** Gives the person as many steps as are wanted, by the office API: words that an officer writes. */
async function fill(wanted) {
  const ask = (path) => fetch(options.app + path, { headers: { cookie: `${cookie.name}=${cookie.value}`, 'x-filo': '1' } }).then((answer) => answer.json());
  const cases = [];
  for (let after = ''; after !== undefined; ) {
    const part = await ask(`/api/v1/cases?limit=100${after && `&after=${encodeURIComponent(after)}`}`);
    cases.push(...part.items);
    after = part.next;
  }
  let steps = 0;
  for (let after = ''; after !== undefined; ) {
    const part = await ask(`/api/v1/story?limit=100${after && `&after=${encodeURIComponent(after)}`}`);
    steps += part.items.length;
    after = part.next;
  }
  const headers = { authorization: `Bearer ${process.env.OFFICE_TOKEN}`, 'content-type': 'application/json' };
  const add = async (index) => {
    const { id, state } = cases[index % cases.length];
    const body = JSON.stringify({ state, note: `Annotazione ${index}: sopralluogo fatto, manca la firma.`, channel: 'phone' });
    const answer = await fetch(`${options.app}/api/v1/office/cases/${id}/moves`, { method: 'POST', headers: { ...headers, 'idempotency-key': randomUUID() }, body });
    if (!answer.ok) throw new Error(await answer.text());
  };
  for (let index = steps; index < wanted; index += 8) await Promise.all([...Array(Math.min(8, wanted - index)).keys()].map((more) => add(index + more)));
  return { cases: cases.length, steps: Math.max(steps, wanted) };
}

/** From the last key (or a press on a chip) to the first row that was found, by the page's clock; and the longest task meanwhile. */
async function finding(slow) {
  const { page, end } = await open('/cases', slow);
  await page.locator('article.filo-case').nth(19).waitFor();
  await page.waitForTimeout(2_500);
  await page.evaluate(() => {
    performance.setResourceTimingBufferSize(100_000);
    const begin = () => (window.__began = performance.now());
    document.addEventListener('input', begin, true);
    document.addEventListener('click', begin, true);
    // From the last key or press until the answer to it is drawn: its rows come in the task behind the answer, the screen a frame later.
    window.__found = async (asked) => {
      const frame = () => new Promise(requestAnimationFrame);
      const isRead = () => performance.getEntriesByType('resource').some(({ name, startTime, responseEnd }) => startTime >= window.__began && responseEnd > 0 && name.includes(asked));
      while (!isRead() || document.querySelector('main .filo-skeleton')) await frame();
      await frame();
      await frame();
      return performance.now() - window.__began;
    };
  });
  const times = { words: [], states: [] };
  const box = page.getByRole('searchbox');
  const longest = await longestTask(page, async () => {
    for (const words of WORDS) {
      await box.pressSequentially(words.slice(0, -1), { delay: 90 });
      await page.waitForTimeout(400);
      await box.press(words.at(-1));
      times.words.push(await page.evaluate((asked) => window.__found(asked), `q=${encodeURIComponent(words)}`));
      await box.fill('');
      await page.waitForTimeout(400);
    }
  });
  for (let round = 0; round < 4; round++) {
    for (const [index, phase] of [[1, 'waiting_for_you'], [2, 'open'], [3, 'closed']]) {
      await page.locator('.filo-chip').nth(index).click();
      times.states.push(await page.evaluate((asked) => window.__found(asked), `phase=${phase}`));
      await page.waitForTimeout(300);
    }
  }
  await end();
  return { ...times, longest };
}

/** From the address to the first case, and until the page answers without delay: no long task in the second that follows. */
async function usable(slow) {
  const { page, end } = await open('/cases', slow);
  await page.locator('article.filo-case').first().waitFor();
  const shown = await page.evaluate(() => performance.now());
  const idle = await page.evaluate(() => new Promise((done) => {
    let last = performance.now();
    new PerformanceObserver((list) => list.getEntries().forEach(({ startTime, duration }) => (last = Math.max(last, startTime + duration)))).observe({ type: 'longtask', buffered: true });
    const look = () => (performance.now() - last > 1_000 ? done(last) : setTimeout(look, 50));
    look();
  }));
  await end();
  return { shown, idle };
}

/** Goes down the whole list as a finger does, by the screen. */
async function scroll(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let still = 0; still < 10; ) {
      const before = window.scrollY;
      window.scrollBy({ top: window.innerHeight * 0.8, behavior: 'instant' });
      await frame();
      still = window.scrollY === before ? still + 1 : 0;
    }
  });
}

/** The story unfolded to its end, then scrolled: the longest task of each; and the same rows without a program behind them. */
async function story(slow, steps) {
  const { page, end } = await open('/story', slow);
  const rows = page.locator('article.filo-message');
  await rows.nth(19).waitFor();
  const more = page.getByRole('button', { name: 'Mostra altr' });
  const unfolding = await longestTask(page, async () => {
    for (let before = await rows.count(); before < steps && (await more.count()); before = await rows.count()) {
      await more.click();
      await page.waitForFunction((before) => document.querySelectorAll('article.filo-message').length >= before, Math.min(steps, before + 100), { timeout: 60_000 }).catch(async () => {
        throw new Error(`${await rows.count()} rows after ${before}`);
      });
    }
  });
  const shown = await rows.count();
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
  await page.waitForTimeout(1_000);
  const scrolling = await longestTask(page, () => scroll(page));
  const styles = await page.evaluate(() => [...document.querySelectorAll('link[rel=stylesheet]')].map(({ href }) => href));
  const html = await page.evaluate(() => document.querySelector('main').outerHTML);
  await page.goto(`${options.app}/api/v1/health`);
  await page.evaluate(([styles, html]) => {
    document.head.innerHTML = styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('');
    document.body.replaceChildren(new Range().createContextualFragment(html));
  }, [styles, html]).catch(() => undefined);
  const plain = (await page.locator('article.filo-message').count()) === shown ? await longestTask(page, () => scroll(page)) : undefined;
  await end();
  return { unfolding, scrolling, plain, shown };
}

const { cases, steps } = await fill(Number(options.steps));
console.log(`\nOne person, ${cases} cases, ${steps} steps; Chromium ${browser.version()}, one machine`);
if (options.only !== 'story') console.log('\nThe list');
for (const slow of options.only === 'story' ? [] : [1, 4]) {
  const runs = [];
  for (let n = 0; n < 3; n++) runs.push(await usable(slow));
  line(`${slow}×CPU  first case shown, first visit (median of 3)`, at(runs.map(({ shown }) => shown), 0.5));
  line(`${slow}×CPU  no task over ${TASK_MS} ms any more`, at(runs.map(({ idle }) => idle), 0.5));
  const { words, states, longest } = await finding(slow);
  line(`${slow}×CPU  last letter → found, median of ${words.length}`, at(words, 0.5), slow === 1 ? FIND_MS : undefined);
  line(`${slow}×CPU  last letter → found, longest`, at(words, 1), slow === 1 ? FIND_MS : undefined);
  line(`${slow}×CPU  state chosen → found, median of ${states.length}`, at(states, 0.5), slow === 1 ? FIND_MS : undefined);
  line(`${slow}×CPU  state chosen → found, longest`, at(states, 1), slow === 1 ? FIND_MS : undefined);
  line(`${slow}×CPU  longest task while typing`, longest, slow === 1 ? TASK_MS : undefined);
}
if (options.only !== 'list') console.log('\nThe whole story');
for (const slow of options.only === 'list' ? [] : [1, 4]) {
  const { unfolding, scrolling, plain, shown } = await story(slow, steps);
  line(`${slow}×CPU  longest task while unfolding ${shown} steps`, unfolding, slow === 1 ? TASK_MS : undefined);
  line(`${slow}×CPU  longest task while scrolling them`, scrolling, slow === 1 ? TASK_MS : undefined);
  if (plain !== undefined) line(`${slow}×CPU  the same rows in a page without a program`, plain);
}
await browser.close();
console.log(`(machine: ${cpus().length} cores, load ${loadavg()[0].toFixed(1)})`);
