// Prints the bytes of dist/: raw, gzip and brotli per file, the sums that have a bar, and with --crates the bytes of each crate in the wasm.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crateOf, functions, sections } from './wasm_sections.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const LINKED = join(root, 'target/web/wasm32-unknown-unknown/web/filo.wasm');
/** Bars, in bytes: WASM and JavaScript of the whole app with reports, and all that the first page transfers. */
const APP_BAR = 185 * 1024;
const FIRST_PAGE_BAR = 260 * 1024;

const size = (file) => statSync(file, { throwIfNoEntry: false })?.size;
const kib = (bytes) => (bytes / 1024).toFixed(1);
const row = (name, ...cells) => console.log(name.padEnd(44) + cells.map((cell) => String(cell).padStart(11)).join(''));

/** Every file of dist/ without its compressed twins: { name, raw, gz, br }, the largest first. */
function files() {
  const names = readdirSync(dist, { recursive: true }).filter((name) => !/\.(br|gz)$/.test(name) && statSync(join(dist, name)).isFile());
  const all = names.map((name) => {
    const raw = size(join(dist, name));
    return { name, raw, gz: size(join(dist, `${name}.gz`)) ?? raw, br: size(join(dist, `${name}.br`)) ?? raw };
  });
  return all.sort((a, b) => b.br - a.br);
}

/** What the first page asks for: all but other languages, pages that come late, the map, the outbox, what hides faces and what installs the app, the lists that a form loads, and licences. */
function onFirstPage({ name }) {
  if (/^(late-|map\/|qr\/|icons\/|words\/\w+-late-|(ballot|blur|drafts|live|mirror|outbox|push|sending|vault|installed|service-worker|wipe)\b)/.test(name)) return false;
  if (name.startsWith('words/')) return name.startsWith('words/it-');
  return !name.startsWith('town/') && !name.endsWith('.txt');
}

/** Fetched behind the first page, seconds after it stands: what keeps and sends, and what installs the app. */
const behindFirstPage = ({ name }) => /^(drafts|mirror|outbox|sending|vault|installed|service-worker)\b/.test(name);
/** The map's script comes only when somebody asks for the map: it has no place in the app's ledger. */
const isCode = ({ name }) => /\.(wasm|js)$/.test(name) && !/^(map|qr)\//.test(name);

function assets() {
  const all = files();
  row('file', 'raw', 'gzip', 'brotli');
  for (const { name, raw, gz, br } of all) row(name, raw, gz, br);
  const sum = (list) => ['raw', 'gz', 'br'].map((kind) => list.reduce((total, file) => total + file[kind], 0));
  const app = sum(all.filter(isCode));
  const first = sum(all.filter(onFirstPage));
  console.log();
  row('WASM + JavaScript of the first page', ...sum(all.filter((file) => isCode(file) && onFirstPage(file))));
  row('WASM + JavaScript, late pages too', ...app);
  row('the first page (files alone, Italian)', ...first);
  row('… and what is fetched behind it', ...sum(all.filter((file) => onFirstPage(file) || behindFirstPage(file))));
  row('everything', ...sum(all));
  console.log();
  bar('WASM + JavaScript of the whole app, brotli', app[2], APP_BAR);
  bar('the first page, brotli', first[2], FIRST_PAGE_BAR);
}

function bar(name, bytes, limit) {
  const verdict = bytes <= limit ? 'within' : `OVER by ${kib(bytes - limit)} KiB`;
  console.log(`${name}: ${kib(bytes)} KiB (bar ${kib(limit)} KiB: ${verdict})`);
}

function peers() {
  const { pages, leptos_and_router_alone_kib: floor } = JSON.parse(readFileSync(join(root, 'bench/peers.json'), 'utf8'));
  console.log('\nFor comparison, KiB on the wire of one page, brotli:');
  row('page', 'all', 'WASM + JS');
  for (const { name, kib, js_wasm_kib } of pages) row(name, kib, js_wasm_kib);
  row('leptos and its router alone', '', floor);
}

/** Bytes of code per crate, before wasm-opt: names are there only then, and proportions hold. */
function crates() {
  if (!size(LINKED)) return console.log('\nBytes per crate: build the app first (tools/build).');
  const bytes = readFileSync(LINKED);
  const sums = new Map();
  const all = functions(bytes);
  for (const { name, bytes } of all) {
    const crate = crateOf(name);
    const { code, count } = sums.get(crate) ?? { code: 0, count: 0 };
    sums.set(crate, { code: code + bytes, count: count + 1 });
  }
  const total = all.reduce((sum, each) => sum + each.bytes, 0);
  console.log('\nBytes of code per crate, before wasm-opt (a generic function counts for the crate that wrote it):');
  row('crate', 'bytes', 'share', 'functions');
  for (const [crate, { code, count }] of [...sums].sort((a, b) => b[1].code - a[1].code).slice(0, 25)) {
    row(crate, code, `${((100 * code) / total).toFixed(1)} %`, count);
  }
  row('all', total, '', all.length);
  row('constant data', sections(bytes).find(({ id }) => id === 11)?.end - sections(bytes).find(({ id }) => id === 11)?.start);
  console.log('\nThe largest functions:');
  for (const { name, bytes } of all.sort((a, b) => b.bytes - a.bytes).slice(0, 20)) row(name.slice(0, 120), bytes);
}

if (!size(join(dist, 'index.html'))) {
  console.error('bench/size: there is no dist/: build the app first (tools/build).');
  process.exit(1);
}
assets();
peers();
if (process.argv.includes('--crates')) crates();
