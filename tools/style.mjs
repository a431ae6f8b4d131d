// Compiles style/filo.scss on Bootstrap Italia's sources, purges what no page uses, gives fonts the hashed names, writes target/style/filo.css
// (the first page's) and target/style/late.css (the rest).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PurgeCSS } from 'purgecss';
import * as sass from 'sass';
import { hashedName } from './names.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...path) => join(root, ...path);

/** Words of Rust, HTML and JavaScript that may be class names. */
const words = (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [];

const { css } = sass.compile(at('style/filo.scss'), {
  loadPaths: [at('tools/node_modules/bootstrap-italia/src/scss'), at('tools/node_modules')],
  style: 'compressed',
  quietDeps: true,
  silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
});
const safelist = existsSync(at('style/safelist.json')) ? JSON.parse(readFileSync(at('style/safelist.json'), 'utf8')) : {};
const patterns = (list) => (list ?? []).map((text) => new RegExp(text));
const [purged] = await new PurgeCSS().purge({
  content: [at('src/**/*.rs'), at('index.html'), at('public/boot.js')],
  css: [{ raw: css }],
  defaultExtractor: words,
  safelist: { standard: safelist.standard ?? [], deep: patterns(safelist.deep), greedy: patterns(safelist.greedy), variables: safelist.variables ?? [] },
  variables: true,
  keyframes: true,
});
const text = purged.css.replace(/\/fonts\/[\w-]+\.woff2/g, (url) => '/' + hashedName(url.slice(1), readFileSync(at('public', url))));
const [first, late, ...more] = text.split(/\/\*! late \*\//);
if (!late || more.length) throw new Error('style/_late_mark.scss must stand once in style/filo.scss');
mkdirSync(at('target/style'), { recursive: true });
for (const [name, part] of [['filo.css', first], ['late.css', late]]) {
  const file = at('target/style', name);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== part) writeFileSync(file, part);
}
