// Measures /cases, logged in: bytes on the wire, throttling really applied (cold and warm), Lighthouse mobile; medians, beside bars and peers.
import { X509Certificate, createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { logIn } from './login.mjs';

const { values: options } = parseArgs({
  options: {
    app: { type: 'string' },
    chromium: { type: 'string' },
    certificate: { type: 'string' },
    path: { type: 'string', default: '/cases' },
    person: { type: 'string', default: 'maria-rossi' },
    card: { type: 'string', default: 'main article.filo-case' },
    runs: { type: 'string', default: '5' },
    applied: { type: 'string', default: '3' },
    waterfall: { type: 'boolean', default: false },
  },
});
const here = dirname(fileURLToPath(import.meta.url));
const url = options.app + options.path;
/** The server's own key is trusted, and nothing else: with certificate errors ignored, the browser would keep nothing in its cache. */
const spki = createHash('sha256').update(new X509Certificate(readFileSync(options.certificate)).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-extensions', '--hide-scrollbars', '--lang=it-IT', `--ignore-certificate-errors-spki-list=${spki}`,
];
/** Lighthouse's "slow 4G", as DevTools applies it: milliseconds, bytes per second. */
const SLOW_4G = { offline: false, latency: 562.5, downloadThroughput: (1474.56 * 1024) / 8, uploadThroughput: (675 * 1024) / 8 };
const PHONE = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true, locale: 'it-IT' };
const QUIET_MS = 2000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const median = (list) => {
  const sorted = list.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const medians = (list) => Object.fromEntries(Object.keys(list[0]).map((key) => [key, median(list.map((each) => each[key]))]));
const inTemporaryFolder = async (work) => {
  const folder = mkdtempSync(join(tmpdir(), 'filo-loading-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};

/** Runs in the page from its start: when it painted, how it moved, when the first card was there. */
function watch(card) {
  const seen = (window.__seen = { lcp: 0, cls: 0, long: [], card: null });
  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe('largest-contentful-paint', (entry) => (seen.lcp = entry.startTime));
  observe('layout-shift', (entry) => (seen.cls += entry.hadRecentInput ? 0 : entry.value));
  observe('longtask', (entry) => seen.long.push([entry.startTime, entry.duration]));
  const look = () => {
    if (document.querySelector(card)) seen.card = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** One load of the page: its times (ms), and the bytes and requests on the wire. */
async function load(context, throttled) {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const wire = { bytes: 0, requests: 0, kinds: {}, each: [] };
  const open = new Map();
  let last = Date.now();
  await devtools.send('Network.enable');
  devtools.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
    if (request.url.startsWith('http')) open.set(requestId, { path: new URL(request.url).pathname, from: timestamp, cached: false });
  });
  devtools.on('Network.requestServedFromCache', ({ requestId }) => open.has(requestId) && (open.get(requestId).cached = true));
  devtools.on('Network.responseReceived', ({ requestId, response, type }) => {
    if (open.has(requestId)) Object.assign(open.get(requestId), { kind: /wasm/.test(response.mimeType) ? 'wasm' : type.toLowerCase(), cached: open.get(requestId).cached || response.fromDiskCache });
  });
  const end = ({ requestId, encodedDataLength = 0, timestamp }) => {
    const one = open.get(requestId);
    last = Date.now();
    if (!one || !open.delete(requestId)) return;
    wire.each.push({ path: one.path, from: one.from, to: timestamp, bytes: one.cached ? 0 : encodedDataLength });
    if (one.cached) return;
    wire.bytes += encodedDataLength;
    wire.requests += 1;
    wire.kinds[one.kind] = (wire.kinds[one.kind] ?? 0) + encodedDataLength;
  };
  devtools.on('Network.loadingFinished', end);
  devtools.on('Network.loadingFailed', end);
  await page.addInitScript(watch, options.card);
  if (throttled) {
    await devtools.send('Network.emulateNetworkConditions', SLOW_4G);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  }
  await page.goto(url, { timeout: 60_000 });
  await page.waitForFunction(() => window.__seen.card !== null, null, { timeout: 60_000 });
  while (open.size > 0 ? Date.now() - last < 20_000 : Date.now() - last < QUIET_MS) await sleep(100);
  const times = await page.evaluate(() => {
    const fcp = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    const blocked = window.__seen.long.filter(([start]) => start >= fcp).reduce((sum, [, took]) => sum + Math.max(0, took - 50), 0);
    return { fcp, lcp: window.__seen.lcp, card: window.__seen.card, tbt: blocked, cls: window.__seen.cls };
  });
  await page.close();
  return { ...times, wire };
}

/** A cold and a warm load in one fresh browser profile. */
function coldAndWarm(cookie, throttled) {
  return inTemporaryFolder(async (folder) => {
    const context = await chromium.launchPersistentContext(folder, { executablePath: options.chromium, args: FLAGS, ...PHONE });
    try {
      await context.addCookies([{ ...cookie, url: options.app, secure: true, httpOnly: true, sameSite: 'Strict' }]);
      return { cold: await load(context, throttled), warm: await load(context, throttled) };
    } finally {
      await context.close();
    }
  });
}

/** An audit that did not pass, with what it found: the words of the console, the address of a file. */
function why({ id, title, details }) {
  const found = (details?.items ?? []).map((item) => [item.source, item.description, item.url, item.sourceLocation?.url].filter(Boolean).join(' '));
  return [`${id}: ${title}`, ...new Set(found)].join('\n        ');
}

/** One Lighthouse run, mobile, simulated: scores of 100, seconds, milliseconds; and what did not pass. */
function lighthouseRun(cookie) {
  return inTemporaryFolder(async (folder) => {
    const chrome = await launch({ chromePath: options.chromium, chromeFlags: FLAGS, userDataDir: folder, logLevel: 'silent' });
    try {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${chrome.port}`);
      await browser.contexts()[0].addCookies([{ ...cookie, url: options.app, secure: true, httpOnly: true, sameSite: 'Strict' }]);
      const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: 'error', onlyCategories: ['performance', 'accessibility', 'best-practices'] });
      await browser.close();
      if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
      if (!lhr.finalDisplayedUrl.endsWith(options.path)) throw new Error(`Lighthouse landed on ${lhr.finalDisplayedUrl}`);
      const score = (category) => Math.round(100 * lhr.categories[category].score);
      const value = (audit) => lhr.audits[audit].numericValue;
      const refs = Object.values(lhr.categories).filter(({ id }) => id !== 'performance').flatMap(({ auditRefs }) => auditRefs);
      const failed = refs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1).map(({ id }) => why(lhr.audits[id]));
      const figures = {
        performance: score('performance'), accessibility: score('accessibility'), best_practices: score('best-practices'),
        fcp: value('first-contentful-paint'), lcp: value('largest-contentful-paint'), tbt: value('total-blocking-time'), cls: value('cumulative-layout-shift'),
        si: value('speed-index'), bench: lhr.environment.benchmarkIndex,
      };
      return { figures, failed, version: lhr.lighthouseVersion };
    } finally {
      await chrome.kill();
    }
  });
}

/** When each request began and ended, in ms after the first. */
function waterfall(name, { card, wire: { each } }) {
  console.log(`\n${name}, throttled: first card after ${Math.round(card)} ms`);
  const zero = Math.min(...each.map(({ from }) => from));
  for (const { path, from, to, bytes } of each.sort((a, b) => a.from - b.from)) {
    const [begin, end] = [from, to].map((time) => String(Math.round(1000 * (time - zero))).padStart(6));
    console.log(`${begin} –${end} ms ${bytes ? String(bytes).padStart(8) + ' B' : '    cache '}  ${path}`);
  }
}

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
const line = (what, value, bar, ok) => console.log(`${what.padEnd(58)}${value.padStart(14)}   ${bar ? `bar ${bar}: ${ok ? 'met' : 'MISSED'}` : ''}`);

function report({ bytes, warmBytes, kinds, requests, cold, warm, lh, failed, version }) {
  console.log(`\n${options.path}, logged in as ${options.person}, over HTTPS with HTTP/2\n`);
  line('on the wire, cold', kib(bytes), '260 KiB', bytes <= 260 * 1024);
  console.log(`    ${requests} requests: ${Object.entries(kinds).sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${kib(n)}`).join(', ')}`);
  line('on the wire, warm', kib(warmBytes));
  console.log('\nThrottling really applied (slow 4G of DevTools, CPU 4 times slower)');
  line('first case card, cold', seconds(cold.card), '3.0 s', cold.card <= 3000);
  line('first case card, warm', seconds(warm.card), '1.2 s', warm.card <= 1200);
  line('first / largest paint, cold', `${seconds(cold.fcp)} / ${seconds(cold.lcp)}`);
  line('first / largest paint, warm', `${seconds(warm.fcp)} / ${seconds(warm.lcp)}`);
  line('blocking time, cold', `${Math.round(cold.tbt)} ms`);
  console.log(`\nLighthouse ${version}, mobile, simulated slow 4G and CPU 4 times slower, median of ${options.runs}`);
  line('performance', String(lh.performance), '95', lh.performance >= 95);
  line('accessibility', String(lh.accessibility), '100', lh.accessibility >= 100);
  line('best practices', String(lh.best_practices), '100', lh.best_practices >= 100);
  line('largest contentful paint', seconds(lh.lcp), '1.8 s', lh.lcp <= 1800);
  line('total blocking time', `${Math.round(lh.tbt)} ms`, '100 ms', lh.tbt <= 100);
  line('cumulative layout shift', lh.cls.toFixed(3), '0.02', lh.cls <= 0.02);
  line('first contentful paint / speed index', `${seconds(lh.fcp)} / ${seconds(lh.si)}`);
  for (const why of failed) console.log(`    not passed: ${why}`);
  console.log(`    (machine: ${cpus().length} cores, Lighthouse's benchmark index ${Math.round(lh.bench)}, load ${loadavg()[0].toFixed(1)}: others at work make these figures worse)`);
  console.log('\nOthers, measured in the same way (cold): performance, accessibility, best practices, LCP, TBT, CLS, KiB');
  for (const p of JSON.parse(readFileSync(join(here, 'peers.json'), 'utf8')).pages) {
    console.log(`  ${p.name.padEnd(34)}${[p.performance, p.accessibility, p.best_practices, `${p.lcp_s} s`, `${p.tbt_ms} ms`, p.cls, p.kib].map((cell) => String(cell).padStart(9)).join('')}`);
  }
}

/** A login of its own for each browser: a session gives the vault's key once, and an empty browser that comes later with the same one is refused. */
const newLogin = () => logIn(options.app, options.person);
const plain = await coldAndWarm(await newLogin(), false);
const applied = [];
for (let i = 0; i < Number(options.applied); i++) applied.push(await coldAndWarm(await newLogin(), true));
const lighthouses = [];
for (let i = 0; i < Number(options.runs); i++) lighthouses.push(await lighthouseRun(await newLogin()));
const result = {
  bytes: plain.cold.wire.bytes, warmBytes: plain.warm.wire.bytes, kinds: plain.cold.wire.kinds, requests: plain.cold.wire.requests,
  cold: medians(applied.map(({ cold: { wire, ...times } }) => times)), warm: medians(applied.map(({ warm: { wire, ...times } }) => times)),
  lh: medians(lighthouses.map(({ figures }) => figures)), failed: [...new Set(lighthouses.flatMap(({ failed }) => failed))], version: lighthouses[0].version,
};
mkdirSync(join(here, 'results'), { recursive: true });
writeFileSync(join(here, 'results/loading.json'), JSON.stringify({ when: new Date().toISOString(), ...result, each: { applied, lighthouses } }, null, 1));
if (options.waterfall) for (const name of ['cold', 'warm']) waterfall(name, applied[0][name]);
report(result);
