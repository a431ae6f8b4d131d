// Last step of Trunk's build, in its staging folder: words, hashed fonts, small scripts, the boot script with the names of everything, index.html.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import { bundle } from './map.mjs';
import { bundle as bundleQr } from './qr.mjs';
import { hashedName, integrity } from './names.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stage = process.env.TRUNK_STAGING_DIR ?? fail('run by Trunk');
/** What the app's WebAssembly may use: the same as in index.html. */
const FEATURES = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'].map((name) => `--enable-${name}`);
const text = (file) => readFileSync(file, 'utf8');

function fail(why) {
  console.error(`finish: ${why}`);
  process.exit(1);
}

/** The one file of the staging folder whose name matches. */
function only(pattern) {
  const found = readdirSync(stage).filter((name) => pattern.test(name));
  return found.length === 1 ? found[0] : fail(`one file ${pattern} was expected, there are ${found.length}`);
}

/** Text with every occurrence replaced; that there is none is a mistake. */
function replace(where, what, by) {
  return where.includes(what) ? where.replaceAll(what, by) : fail(`${what} is not there`);
}

/** Copies the sentences that the build script wrote: {"it": ["/words/it-….json", "/words/it-late-….json"]}, the first page's and the rest. */
function words() {
  mkdirSync(join(stage, 'words'), { recursive: true });
  const index = JSON.parse(text(join(root, 'target/words/index.json')));
  const copied = Object.entries(index).map(([language, names]) => {
    for (const name of names) copyFileSync(join(root, 'target/words', name), join(stage, 'words', name));
    return [language, names.map((name) => `/words/${name}`)];
  });
  return Object.fromEntries(copied);
}

/** Gives the fonts the names that the style sheet already uses. */
function fonts(html) {
  for (const name of readdirSync(join(stage, 'fonts')).filter((name) => name.endsWith('.woff2'))) {
    const hashed = hashedName(name, readFileSync(join(stage, 'fonts', name)));
    renameSync(join(stage, 'fonts', name), join(stage, 'fonts', hashed));
    html = html.replaceAll(`/fonts/${name}`, `/fonts/${hashed}`);
  }
  return html;
}

/** A script, made small in release builds. */
async function small(source) {
  return process.env.TRUNK_PROFILE === 'release' ? (await minify(source, { module: true, compress: { passes: 2 }, ecma: 2020 })).code : source;
}

/**
 * The pages that come late: their WebAssembly under names with their hashes, and the text of the script that loads them, which imports
 * the app's script, which imports it. Here they become one script.
 */
function latePages(glue) {
  const folder = join(root, 'target/split');
  let loader = replace(text(join(folder, '__wasm_split.js')), 'import { initSync } from "./main.js";', '');
  for (const name of readdirSync(folder).filter((name) => /^(chunk|split)_.*\.wasm$/.test(name))) {
    const smaller = join(folder, `${name}.small`);
    execFileSync(join(root, 'tools/node_modules/.bin/wasm-opt'), [...FEATURES, '-Oz', '--strip-debug', '--strip-producers', '--strip-target-features', join(folder, name), '-o', smaller]);
    const hashed = hashedName(`late-${name}`, readFileSync(smaller));
    copyFileSync(smaller, join(stage, hashed));
    loader = replace(loader, `new URL("./${name}", import.meta.url)`, `"/${hashed}"`);
  }
  const exported = [...loader.matchAll(/^export const (\w+)/gm)].map((match) => match[1]);
  loader = loader.replace(/^export const /gm, 'const ');
  const imported = /^import \* as (\w+) from "\.\/__wasm_split\.js";?$/gm;
  const names = [...glue.matchAll(imported)].map((match) => match[1]);
  if (names.length === 0 || exported.length === 0) fail('the late pages are not there');
  return `${glue.replace(imported, '')}\n${loader}\nconst ${names.map((name) => `${name} = { ${exported.join(', ')} }`).join(', ')};\n`;
}

/** Writes the names of everything the app needs without a network into the service worker, whose own name must never change. */
async function serviceWorker() {
  const names = readdirSync(stage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => `/${relative(stage, join(entry.parentPath ?? entry.path, entry.name))}`).sort();
  const wanted = paths.filter((path) => !/^\/(index\.html|service-worker\.js|icons\/.*|map\/.*|.*\.pmtiles|.*\.txt)$/.test(path));
  const hashed = wanted.filter((path) => /-[0-9a-f]{16}(_bg)?\.\w+$/.test(path));
  const plain = wanted.filter((path) => !hashed.includes(path));
  const contents = [...paths.filter((path) => path !== '/service-worker.js')].map((path) => integrity(readFileSync(join(stage, path))));
  let worker = replace(text(join(stage, 'service-worker.js')), '__FILO_BUILD__', `filo-${integrity(contents.join()).slice(7, 23)}`);
  worker = replace(replace(worker, '__FILO_HASHED__', JSON.stringify(hashed)), '__FILO_PLAIN__', JSON.stringify(plain));
  writeFileSync(join(stage, 'service-worker.js'), process.env.TRUNK_PROFILE === 'release' ? (await minify(worker, { ecma: 2020 })).code : worker);
}

const wasm = only(/^filo-[0-9a-f]+_bg\.wasm$/);
const glue = only(/^filo-[0-9a-f]+\.js$/);
const jsText = await small(latePages(text(join(stage, glue))));
const js = hashedName('filo.js', jsText);
rmSync(join(stage, glue));
writeFileSync(join(stage, js), jsText);

/** The icons under a name with their hash: asked for once, not at every visit. */
function icons() {
  const hashed = hashedName('icons.svg', readFileSync(join(stage, 'icons.svg')));
  renameSync(join(stage, 'icons.svg'), join(stage, hashed));
  return `/${hashed}`;
}

/** The style of pages that travel late, under a name with its hash; its path. */
function lateStyle() {
  const css = text(join(stage, 'late.css')).trim();
  rmSync(join(stage, 'late.css'));
  writeFileSync(join(stage, hashedName('late.css', css)), css);
  return `/${hashedName('late.css', css)}`;
}

/** A script that the first page does without, under a name with its hash, made small; its path. */
async function script(name, finish = (source) => source) {
  const content = await small(finish(text(join(stage, name))));
  rmSync(join(stage, name));
  writeFileSync(join(stage, hashedName(name, content)), content);
  return `/${hashedName(name, content)}`;
}

/** A bundled script (the map, the reader of QR codes) in a folder of its own, under a name with its hash: fetched when somebody asks for it. */
async function bundled(name, make) {
  const { script, licences } = await make(process.env.TRUNK_PROFILE === 'release');
  const hashed = hashedName(`${name}.js`, script);
  mkdirSync(join(stage, name), { recursive: true });
  writeFileSync(join(stage, name, hashed), script);
  writeFileSync(join(stage, name, 'licences.txt'), licences);
  return `/${name}/${hashed}`;
}

const sprite = icons();
let boot = replace(text(join(stage, 'boot.js')), '__FILO_JS__', `/${js}`);
boot = replace(boot, '__FILO_WASM__', `/${wasm}`);
/** What keeps and sends: each script names those it stands on. */
const parts = { __FILO_VAULT__: await script('vault.js'), __FILO_DRAFTS__: await script('drafts.js') };
const named = (source) => Object.entries(parts).reduce((text, [name, path]) => text.replaceAll(name, path), source);
parts.__FILO_SENDING__ = await script('sending.js', named);
parts.__FILO_MIRROR__ = await script('mirror.js', named);
boot = replace(boot, '__FILO_OUTBOX__', await script('outbox.js', named));
boot = replace(boot, '__FILO_BLUR__', await script('blur.js'));
boot = replace(boot, '__FILO_LIVE__', await script('live.js'));
boot = replace(boot, '__FILO_BALLOT__', await script('ballot.js'));
boot = replace(boot, '__FILO_PUSH__', await script('push.js'));
boot = replace(boot, '__FILO_WIPE__', await script('wipe.js'));
boot = replace(boot, '__FILO_INSTALLED__', await script('installed.js'));
boot = replace(boot, '__FILO_WORDS__', JSON.stringify(words()));
boot = replace(boot, '__FILO_ICONS__', sprite);
boot = replace(boot, '__FILO_STYLE__', lateStyle());
boot = replace(boot, '__FILO_MAP__', await bundled('map', bundle));
boot = replace(boot, '__FILO_QR__', await bundled('qr', bundleQr));
const bootText = await small(boot);
if (/<\/|<!--/.test(bootText)) fail('the start script cannot stand in the page');
rmSync(join(stage, 'boot.js'));

/** Puts the style sheet into the page, behind what is to be fetched, as the start script is: nothing to wait for. The Content-Security-Policy allows both by hash. */
function inlineStyle(html) {
  const name = only(/^filo-[0-9a-f]+\.css$/);
  const css = text(join(stage, name)).trim();
  const link = html.match(new RegExp(`<link rel="stylesheet" href="/${name}"[^>]*>`));
  if (!link || css.includes('</')) fail('the style sheet cannot stand in the page');
  rmSync(join(stage, name));
  return html.replace(link[0], '').replace('</head>', () => `<style>${css}</style></head>`);
}

let html = fonts(text(join(stage, 'index.html')));
html = html.replace(/^ *<link data-trunk .*\n/gm, '').replace(/^ *\n/gm, '');
html = replace(html, '/icons.svg#', `${sprite}#`);
html = replace(html, '<script type="module" src="/boot.js"></script>', '');
const early = [
  '<link rel="preload" href="/config.json" as="fetch" crossorigin>',
  `<link rel="modulepreload" href="/${js}" integrity="${integrity(jsText)}">`,
];
html = replace(html, '</head>', `  ${early.join('\n    ')}\n  </head>`);
html = inlineStyle(html).replace('</head>', () => `<script type="module">${bootText}</script></head>`);
writeFileSync(join(stage, 'index.html'), html);
await serviceWorker();
if (!existsSync(join(stage, 'config.json'))) fail('config.json is missing');
