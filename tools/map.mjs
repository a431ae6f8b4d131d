// Bundles the map (public/map/map.js with Leaflet, protomaps-leaflet, pmtiles and its style) into one script: `bundle(isSmall)` gives its text, and the licences of what is in it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as sass from 'sass';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'tools/node_modules');

/** The style of the map as text: Leaflet's, without the pictures of parts that are not used, then our own. */
const style = {
  name: 'style',
  setup(build) {
    build.onResolve({ filter: /map\.css$/ }, () => ({ path: 'map.css', namespace: 'style' }));
    build.onLoad({ filter: /.*/, namespace: 'style' }, () => {
      const leaflet = readFileSync(join(modules, 'leaflet/dist/leaflet.css'), 'utf8').replace(/[^{}]*\{[^{}]*url\([^{}]*\}/g, '');
      const own = sass.compile(join(root, 'style/_map.scss')).css;
      return { contents: sass.compileString(leaflet + own, { style: 'compressed', syntax: 'css' }).css, loader: 'text' };
    });
  },
};

/** Leaflet empties a tile that goes with a picture in a `data:` address, which the Content-Security-Policy refuses: no address does the same. */
const EMPTY_TILE = 'data:image/gif;base64,R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs=';

/** The one script, and the licences that must travel with it. */
export async function bundle(isSmall) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, 'public/map/map.js')],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    minify: isSmall,
    legalComments: 'inline',
    nodePaths: [modules],
    alias: { pmtiles: join(modules, 'pmtiles'), leaflet: join(modules, 'leaflet/dist/leaflet-src.esm.js') },
    plugins: [style],
    logLevel: 'warning',
  });
  const script = outputFiles[0].text;
  if (!script.includes(EMPTY_TILE)) throw new Error('Leaflet empties tiles in another way now');
  return { script: script.replaceAll(EMPTY_TILE, ''), licences: licences(Object.keys(metafile.inputs)) };
}

/** The licence texts of the packages that these files belong to. */
function licences(files) {
  const packages = new Set(files.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter(Boolean));
  const texts = [...packages].sort().map((name) => {
    const folder = join(modules, name);
    const file = existsSync(folder) && readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}\n`;
  });
  return texts.join('\n----\n\n');
}
