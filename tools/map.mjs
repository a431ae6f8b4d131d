// Bundles the map (public/map/map.js with Leaflet, protomaps-leaflet, pmtiles and its style) into one script: `bundle(isSmall)` gives its text.
import { readFileSync } from 'node:fs';
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

/** The one script. */
export async function bundle(isSmall) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'public/map/map.js')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: isSmall,
    legalComments: 'inline',
    nodePaths: [modules],
    alias: { pmtiles: join(modules, 'pmtiles'), leaflet: join(modules, 'leaflet/dist/leaflet-src.esm.js') },
    plugins: [style],
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}
