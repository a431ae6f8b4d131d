// Writes public/town/street_points.json: points along every street of public/town/streets.json, from a map archive.
// `node tools/street_points.mjs ARCHIVE.pmtiles`, after the streets or the archive have changed. Licences: docs/directory.md.
import { open } from 'node:fs/promises';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VectorTile } from '@mapbox/vector-tile';
import Pbf from 'pbf';
import { PMTiles } from 'pmtiles';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The zoom whose tiles have every named street. */
const ZOOM = 14;
/** How far apart the points of a street are, in metres. */
const STEP_M = 60;
const METRES_PER_DEGREE = 111_195;

const town = join(root, 'public/town');
const streets = JSON.parse(readFileSync(join(town, 'streets.json'), 'utf8'));
const file = await open(process.argv[2] ?? fail('which archive?'));
const archive = new PMTiles({
  getKey: () => 'archive',
  async getBytes(offset, length) {
    const buffer = Buffer.alloc(length);
    await file.read(buffer, 0, length, offset);
    return { data: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + length) };
  },
});

function fail(why) {
  console.error(why);
  process.exit(2);
}

/** Points of a line, at most STEP_M apart. */
function* along(line) {
  for (let i = 0; i < line.length; i++) {
    yield line[i];
    const [[x, y], [u, v]] = [line[i], line[i + 1] ?? line[i]];
    const pieces = Math.ceil(metres(x, y, u, v) / STEP_M);
    for (let k = 1; k < pieces; k++) yield [x + ((u - x) * k) / pieces, y + ((v - y) * k) / pieces];
  }
}

function metres(x, y, u, v) {
  return Math.hypot((u - x) * Math.cos((y * Math.PI) / 180), v - y) * METRES_PER_DEGREE;
}

const points = new Map(streets.streets.map(([name, lon, lat]) => [name, [[lon, lat]]]));
const { minLon, minLat, maxLon, maxLat } = await archive.getHeader();
const across = 2 ** ZOOM;
const column = (lon) => Math.floor(((lon + 180) / 360) * across);
const row = (lat) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * across);
for (let x = column(minLon); x <= column(maxLon); x++) {
  for (let y = row(maxLat); y <= row(minLat); y++) {
    const tile = await archive.getZxy(ZOOM, x, y);
    const roads = tile && new VectorTile(new Pbf(new Uint8Array(tile.data))).layers.roads;
    for (let i = 0; i < (roads?.length ?? 0); i++) {
      const known = points.get(roads.feature(i).properties.name);
      if (!known) continue;
      const { type, coordinates } = roads.feature(i).toGeoJSON(x, y, ZOOM).geometry;
      for (const line of type === 'LineString' ? [coordinates] : coordinates) {
        for (const [lon, lat] of along(line)) {
          if (known.every(([u, v]) => metres(lon, lat, u, v) > STEP_M * 0.6)) known.push([lon, lat]);
        }
      }
    }
  }
}
const whole = (degrees) => Math.round(degrees * 1e5);
const offsets = streets.streets.map(([name, lon, lat]) => points.get(name).slice(1).flatMap(([u, v]) => [whole(u - lon), whole(v - lat)]));
const { attribution, source } = streets;
writeFileSync(join(town, 'street_points.json'), JSON.stringify({ attribution, source, points: offsets }));
console.log(`${offsets.length} streets, ${offsets.reduce((sum, list) => sum + list.length / 2, 0)} more points`);
