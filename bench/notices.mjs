// Moves many cases of one person who is told on five channels, kills the CRM again and again meanwhile, and counts what arrived where.
import { execFileSync, spawn } from 'node:child_process';
import { createECDH, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { logIn } from './login.mjs';

const { values: options } = parseArgs({
  options: {
    app: { type: 'string' }, crm: { type: 'string' }, issuer: { type: 'string' }, data: { type: 'string' },
    cases: { type: 'string', default: '2000' }, kills: { type: 'string', default: '20' },
  },
});
const [CASES, KILLS] = [Number(options.cases), Number(options.kills)];
const TOPICS = ['requests', 'cases', 'followed'];
const CHANNELS = ['email', 'push', 'app_io', 'sms', 'paper'];
const PERSON = 'maria-rossi';
/** Requests under way at once. */
const AT_ONCE = 4;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));

/** What arrived, by channel: what tells one notice from another → how often it came. */
const arrived = Object.fromEntries(CHANNELS.map((channel) => [channel, new Map()]));
const take = (channel, id) => arrived[channel].set(id, (arrived[channel].get(id) ?? 0) + 1);

/** The push service, App IO and the gateway, as far as counting needs them. */
const phones = await listening(
  createHttpServer(async (asked, answer) => {
    const parts = [];
    for await (const part of asked) parts.push(part);
    const told = () => JSON.parse(Buffer.concat(parts));
    if (asked.url.startsWith('/push')) take('push', asked.headers.topic);
    else if (asked.url === '/sms') take('sms', told().id);
    else if (asked.url.endsWith('/messages')) take('app_io', /\/cases\/([0-9a-f-]+)/.exec(told().content?.markdown ?? told().markdown)[1]);
    else if (asked.url.endsWith('/profiles')) return answer.writeHead(200, { 'content-type': 'application/json' }).end('{"sender_allowed":true,"preferred_languages":["it_IT"]}');
    answer.writeHead(201, { 'content-type': 'application/json', location: '/' }).end('{"id":"1"}');
  }),
);

/** A mail server that takes everything. */
const mailPort = await listening(
  createServer((line) => {
    let [letter, rest] = [null, ''];
    line.on('error', () => {});
    line.write('220 here\r\n');
    line.on('data', (bytes) => {
      const lines = (rest + bytes).split('\r\n');
      rest = lines.pop();
      for (const text of lines) {
        if (letter !== null && text !== '.') letter += `${text}\n`;
        else if (letter !== null) {
          take('email', /^message-id: *(\S+)/im.exec(letter)[1]);
          letter = null;
          line.write('250 taken\r\n');
        } else if (/^DATA/i.test(text)) {
          letter = '';
          line.write('354 go on\r\n');
        } else line.write(/^EHLO/i.test(text) ? '250-here\r\n250 8BITMIME\r\n' : /^QUIT/i.test(text) ? '221 bye\r\n' : '250 fine\r\n');
      }
    });
  }),
);

const origin = `http://127.0.0.1:${phones}`;
const settings = {
  ...process.env, FILO_SMTP_PORT: String(mailPort), FILO_PUSH_HOSTS: origin, FILO_IO_URL: `${origin}/io`, FILO_SMS_URL: `${origin}/sms`, FILO_PAPER: 'yes', FILO_LOG: 'error',
};
let crm;
async function start() {
  crm = spawn(options.crm, ['serve'], { env: settings, stdio: 'ignore' });
  for (let tries = 0; tries < 300; tries++) {
    if (await fetch(`${options.app}/api/v1/health`).then(({ ok }) => ok, () => false)) return;
    await sleep(50);
  }
  throw new Error('the CRM does not answer');
}
const killed = () => new Promise((done) => (crm.once('exit', done), crm.kill('SIGKILL')));

// The cases, then whom they belong to: a device, an address, and everything wanted everywhere.
const step = { state: 'submitted', at: '2026-01-07T08:00:00Z', note: '', by_citizen: true, channel: 'app' };
const cases = Array.from({ length: CASES }, (_, n) => ({ key: `bench-${n}`, citizen: PERSON, kind: 'resident_parking', title: `Prova ${n}`, office: 'mobility', steps: [step] }));
const demo = JSON.parse(execFileSync(options.crm.replace(/crm$/, 'town'), ['data', '--issuer', options.issuer], { maxBuffer: 1 << 28 }));
for (const one of cases) one.office = demo.offices[0].key;
const file = join(options.data, 'bench.json');
writeFileSync(file, JSON.stringify({ offices: demo.offices, citizens: demo.citizens.filter(({ subject }) => subject === PERSON), cases }));
execFileSync(options.crm, ['import', file], { env: settings, stdio: 'ignore' });
await start();
const { name, value } = await logIn(options.app, PERSON);
const headers = { cookie: `${name}=${value}`, origin: options.app, 'x-filo': '1', 'content-type': 'application/json' };
const ask = async (method, path, body) => {
  const answer = await fetch(options.app + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const browser = createECDH('prime256v1');
const keys = { p256dh: browser.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') };
await ask('POST', '/api/v1/me/devices', { subscription: { endpoint: `${origin}/push/1`, ...keys }, name: 'Bench' });
const wanted = TOPICS.flatMap((topic) => CHANNELS.map((channel) => ({ topic, channel })));
await ask('PUT', '/api/v1/me/channels', { wanted, postal_address: 'Via Roma 1, Firenze' });
const ids = [];
for (let after = ''; ids.length < CASES; ) {
  const page = await ask('GET', `/api/v1/cases?q=prova&limit=100${after && `&after=${encodeURIComponent(after)}`}`);
  ids.push(...page.items.filter(({ title }) => title.startsWith('Prova ')).map(({ id }) => id));
  if (!(after = page.next ?? '')) break;
}
if (ids.length !== CASES) throw new Error(`${ids.length} cases instead of ${CASES}`);

/** One move, asked for until it is answered: always with the same key. */
async function move(id) {
  const key = randomUUID();
  for (;;) {
    const answer = await fetch(`${options.app}/api/v1/office/cases/${id}/moves`, {
      method: 'POST',
      headers: { authorization: `Bearer ${process.env.OFFICE_TOKEN}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ state: 'registered', note: '' }),
    }).catch(() => undefined);
    if (answer?.ok) return;
    if (answer && answer.status < 500) throw new Error(await answer.text());
    await sleep(50);
  }
}

const began = Date.now();
let left = [...ids];
const moving = Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (let id; (id = left.pop()); ) await move(id);
}));
for (let kill = 0; kill < KILLS; kill++) {
  await sleep(300 + Math.random() * 1500);
  await killed();
  await start();
}
await moving;
const letters = async () => {
  const answer = await fetch(`${options.app}/api/v1/office/letters`, { headers: { authorization: `Bearer ${process.env.OFFICE_TOKEN}` } });
  return (await answer.json()).items;
};
// Paper is posted as an office does it, a hundred at a time.
for (let some; (some = await letters()).length; ) {
  for (const { id } of some) {
    take('paper', id);
    await fetch(`${options.app}/api/v1/office/letters/${id}/posted`, { method: 'POST', headers: { authorization: `Bearer ${process.env.OFFICE_TOKEN}` } });
  }
}
// A lease that its holder did not outlive runs out after ten minutes; until then what it held waits.
const there = () => CHANNELS.reduce((sum, channel) => sum + arrived[channel].size, 0);
for (let last = -1, since = Date.now(); there() < 5 * CASES && Date.now() - since < 900_000; await sleep(500)) {
  if (there() !== last) [last, since] = [there(), Date.now()];
}
await killed();
const seconds = ((Date.now() - began) / 1000).toFixed(0);
console.log(`\n${CASES} changes, each told on ${CHANNELS.length} channels; the CRM killed ${KILLS} times meanwhile; ${seconds} s`);
let [lost, doubled] = [0, 0];
for (const channel of CHANNELS) {
  const counts = [...arrived[channel].values()];
  const again = counts.filter((count) => count > 1).length;
  lost += CASES - counts.length;
  // A repeated letter, push or text message carries the identifier of the first, by which it is known to be the same; App IO has none.
  if (channel === 'app_io') doubled += again;
  console.log(`${channel.padEnd(10)} ${String(counts.length).padStart(6)} of ${CASES} arrived, ${again} handed over again after a crash`);
}
console.log(`lost       ${lost}   bar 0: ${lost === 0 ? 'met' : 'MISSED'}`);
console.log(`doubled    ${doubled}   bar 0: ${doubled === 0 ? 'met' : 'MISSED'} (handed over again under another identifier, or without one)`);
console.log(`(machine: ${cpus().length} cores, load ${loadavg()[0].toFixed(1)})`);
process.exit(lost === 0 ? 0 : 1);
