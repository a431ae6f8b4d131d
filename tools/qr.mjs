// Bundles the reader of QR codes (public/qr/qr.js with jsQR) into one script: `bundle(isSmall)` gives its text, and the licence of what is in it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'tools/node_modules');

/** The one script, and the licence that must travel with it. */
export async function bundle(isSmall) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'public/qr/qr.js')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: isSmall,
    nodePaths: [modules],
    logLevel: 'warning',
  });
  const { version, license } = JSON.parse(readFileSync(join(modules, 'jsqr/package.json'), 'utf8'));
  const text = readFileSync(join(modules, 'jsqr/LICENSE'), 'utf8').trim();
  return { script: outputFiles[0].text, licences: `jsqr ${version} (${license})\n\n${text}\n` };
}
