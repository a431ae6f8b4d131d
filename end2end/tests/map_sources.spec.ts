// Other grounds for the map than the town's own archive: pictures by number (XYZ), a WMS; and the circle around a rough position.
import type { Page, Request } from '@playwright/test';
import { deflateSync } from 'node:zlib';
import { acknowledge } from '../fixtures/report.ts';
import { expect, test } from '../fixtures/test.ts';
import { say } from '../fixtures/words.ts';

const SIDE = 256;

/** A picture of one colour, as a map server sends it. */
function png(): Buffer {
  const crc = (bytes: Buffer) => {
    let sum = ~0;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    }
    return ~sum >>> 0;
  };
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(SIDE * 3, Buffer.from([0x30, 0x90, 0x50]))]);
  const image = deflateSync(Buffer.concat(Array.from({ length: SIDE }, () => row)));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', image), chunk('IEND', Buffer.alloc(0))]);
}

/** The app's settings with another map, and what is asked of its server. */
async function ground(page: Page, map: Record<string, unknown>): Promise<URL[]> {
  const asked: URL[] = [];
  await page.route('**/config.json', async (route) => {
    const answer = await route.fetch();
    const config = await answer.json();
    await route.fulfill({ response: answer, json: { ...config, map: { center: config.map.center, zoom_min: 11, zoom_max: 19, attribution: '© Prova', ...map } } });
  });
  await page.route('**/tiles/**', async (route) => {
    asked.push(new URL(route.request().url()));
    await route.fulfill({ contentType: 'image/png', body: png() });
  });
  return asked;
}

/** Opens the map of the public list; its tiles, once all that are there are drawn. */
async function tiles(page: Page): Promise<number> {
  await page.goto('/reports');
  await page.getByRole('tab', { name: 'Mappa' }).click();
  const images = page.getByRole('application').locator('img.leaflet-tile');
  await expect(images.first()).toBeAttached();
  await expect.poll(() => images.evaluateAll((all) => all.every((image) => (image as HTMLImageElement).complete && (image as HTMLImageElement).naturalWidth === 256))).toBe(true);
  await expect(page.getByText('© Prova')).toBeVisible();
  return images.count();
}

test('pictures by number: each is asked for by zoom, column and row, and drawn', async ({ page }) => {
  const asked = await ground(page, { kind: 'xyz', url: '/tiles/{z}/{x}/{y}.png' });
  expect(await tiles(page)).toBeGreaterThan(0);
  for (const { pathname } of asked) {
    const [, zoom, column, row] = /^\/tiles\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(pathname)!.map(Number);
    // Florence lies at 11.26° east, 43.77° north: its column and row at this zoom, and those around.
    const across = 2 ** zoom;
    const north = (43.77 * Math.PI) / 180;
    const [x, y] = [((11.26 + 180) / 360) * across, ((1 - Math.asinh(Math.tan(north)) / Math.PI) / 2) * across];
    expect(Math.abs(column - x)).toBeLessThan(8);
    expect(Math.abs(row - y)).toBeLessThan(8);
  }
});

test('a WMS is asked for its layers as pictures of the right place and size, and drawn', async ({ page }) => {
  const asked = await ground(page, { kind: 'wms', url: '/tiles/wms', layers: 'ortofoto,strade' });
  expect(await tiles(page)).toBeGreaterThan(0);
  const metres = (longitude: number) => (longitude * 20_037_508.34) / 180;
  for (const { searchParams } of asked) {
    const told = Object.fromEntries([...searchParams].map(([name, value]) => [name.toUpperCase(), value]));
    expect(told).toMatchObject({ SERVICE: 'WMS', REQUEST: 'GetMap', LAYERS: 'ortofoto,strade', FORMAT: 'image/png', TRANSPARENT: 'false', WIDTH: '256', HEIGHT: '256' });
    expect(told.SRS ?? told.CRS).toBe('EPSG:3857');
    const [west, south, east, north] = told.BBOX.split(',').map(Number);
    expect(east - west).toBeCloseTo(north - south, 3);
    expect(west).toBeGreaterThan(metres(10.5));
    expect(east).toBeLessThan(metres(12));
  }
});

test('tiles that do not come leave the list and the report as they are', async ({ page }) => {
  await ground(page, { kind: 'xyz', url: '/tiles/{z}/{x}/{y}.png' });
  const refused: Request[] = [];
  await page.unroute('**/tiles/**');
  await page.route('**/tiles/**', async (route) => {
    refused.push(route.request());
    await route.fulfill({ status: 503, body: '' });
  });
  await page.goto('/reports');
  await page.getByRole('tab', { name: 'Mappa' }).click();
  await expect.poll(() => refused.length).toBeGreaterThan(0);
  await page.getByRole('tab', { name: 'Elenco' }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
});

test('a rough position has its circle on the map, as wide as it may be wrong; a good one has none', async ({ openAs, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ longitude: 11.2486, latitude: 43.7665, accuracy: 40 });
  const page = await openAs('giulia-ferri', '/reports/new');
  await acknowledge(page);
  await page.getByRole('button', { name: 'Usa la tua posizione' }).click();
  await expect(page.getByText(say('reports.position_taken', { metres: 40 }))).toBeVisible();
  await page.getByRole('button', { name: say('place.map_open') }).click();
  const circle = page.locator('path.filo-map-accuracy');
  await expect(circle).toBeAttached();
  // At zoom 17 a pixel is 0.86 metres at this latitude: a radius of 40 metres is 93 pixels across.
  const metresAPixel = (156_543.03392 * Math.cos((43.7665 * Math.PI) / 180)) / 2 ** 17;
  const across = await circle.evaluate((path) => (path as SVGPathElement).getBBox().width);
  expect(Math.abs(across - (2 * 40) / metresAPixel)).toBeLessThan(3);
  const [ring, map] = [(await circle.boundingBox())!, (await page.getByRole('application').boundingBox())!];
  expect(Math.abs(ring.x + ring.width / 2 - (map.x + map.width / 2)), 'around the middle').toBeLessThan(3);
  expect(Math.abs(ring.y + ring.height / 2 - (map.y + map.height / 2))).toBeLessThan(3);
  await page.getByRole('button', { name: say('place.map_close') }).click();

  await context.setGeolocation({ longitude: 11.2486, latitude: 43.7665, accuracy: 8 });
  await page.getByRole('button', { name: 'Usa la tua posizione' }).click();
  await expect(page.getByText(say('reports.position_taken', { metres: 8 }))).toBeVisible();
  await page.getByRole('button', { name: say('place.map_open') }).click();
  await expect(page.getByRole('application').locator('canvas').first()).toBeAttached();
  await expect(circle).toHaveCount(0);
});
