// Puts a .br (brotli 11) and a .gz (gzip 9) beside every file of dist/ that gets smaller by it; results are kept by content in target/compressed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const [dist, cache] = process.argv.slice(2);
const COMPRESSIBLE = /\.(wasm|js|css|json|svg|html|webmanifest|txt|xml)$/;
const WAYS = {
  br: (content) =>
    brotliCompressSync(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    }),
  gz: (content) => gzipSync(content, { level: 9 }),
};

mkdirSync(cache, { recursive: true });
const used = new Set();
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !COMPRESSIBLE.test(entry.name)) continue;
  const content = readFileSync(file);
  const hash = createHash('sha256').update(content).digest('hex');
  for (const [ending, compress] of Object.entries(WAYS)) {
    const kept = join(cache, `${hash}.${ending}`);
    used.add(`${hash}.${ending}`);
    if (!existsSync(kept)) writeFileSync(kept, compress(content));
    const packed = readFileSync(kept);
    if (packed.length < content.length) writeFileSync(`${file}.${ending}`, packed);
    else rmSync(`${file}.${ending}`, { force: true });
  }
}
for (const name of readdirSync(cache)) if (!used.has(name)) rmSync(join(cache, name));
