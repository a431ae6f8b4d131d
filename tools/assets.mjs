// Writes public/town/assets.json: the benches, bins, fountains… inside the town's outline, from OpenStreetMap points.
// `node tools/assets.mjs POINTS.geojson`: features with `amenity` and perhaps `name`. Licences: docs/directory.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const town = join(dirname(fileURLToPath(import.meta.url)), '../public/town');
/** What belongs to the street and may be broken; the app has a word for each (src/reports/assets.rs). */
const KINDS = ['bench', 'waste_basket', 'recycling', 'waste_disposal', 'drinking_water', 'fountain', 'toilets', 'bicycle_parking'];

const { rings } = JSON.parse(readFileSync(join(town, 'boundary.json'), 'utf8'));
const { attribution, source } = JSON.parse(readFileSync(join(town, 'streets.json'), 'utf8'));
const { features } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/** Whether a point is in a ring (even-odd rule). */
function inside(ring, [x, y]) {
  let is = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[a, b], [c, d]] = [ring[i], ring[j]];
    if (b > y !== d > y && x < ((c - a) * (y - b)) / (d - b) + a) is = !is;
  }
  return is;
}

const objects = {};
for (const kind of KINDS) {
  const own = features.filter(({ properties, geometry }) => properties.amenity === kind && rings.some((ring) => inside(ring, geometry.coordinates)));
  const rows = own.map(({ properties, geometry }) => [...geometry.coordinates, ...(properties.name ? [properties.name] : [])]);
  objects[kind] = rows.sort(([a, b], [c, d]) => a - c || b - d);
}
writeFileSync(join(town, 'assets.json'), JSON.stringify({ attribution, source, objects }));
console.log(Object.entries(objects).map(([kind, rows]) => `${kind} ${rows.length}`).join(', '));
