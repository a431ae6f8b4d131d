// Draws the icons of the installed app from public/favicon.svg into public/icons/: `node tools/icons.mjs`, after the picture has changed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { chromium } = createRequire(join(root, 'end2end/package.json'))('@playwright/test');
const UPNG = createRequire(import.meta.url)('upng-js');
/** The picture has two colours; what is between them at the edges fits into these. With all colours the files are three times as large. */
const COLOURS = 16;
const svg = readFileSync(join(root, 'public/favicon.svg'), 'utf8');
/** A maskable icon is cut to any shape by the phone: the picture stays within the inner 80 %, its ground reaches the edge. */
const maskable = svg.replace('rx="14"', '').replace('translate(10 8.5) scale(.92)', 'translate(16 14.8) scale(.67)');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
mkdirSync(join(root, 'public/icons'), { recursive: true });
for (const [name, size, picture] of [['filo-192', 192, svg], ['filo-512', 512, svg], ['filo-maskable-512', 512, maskable]]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${picture}`);
  const { buffer, byteOffset, byteLength } = await page.screenshot({ omitBackground: true });
  const drawn = UPNG.decode(buffer.slice(byteOffset, byteOffset + byteLength));
  writeFileSync(join(root, `public/icons/${name}.png`), Buffer.from(UPNG.encode(UPNG.toRGBA8(drawn), size, size, COLOURS)));
  await page.close();
}
await browser.close();
