// What lies under the map, as config.json says: the town's own archive of vector tiles (PMTiles), pictures by number (XYZ), or a WMS.
import * as L from 'leaflet';
import { PMTiles } from 'pmtiles';
import { leafletLayer } from 'protomaps-leaflet';
import { paper, rules } from './paint.js';

/** More pixels than these for one of the page are paid for and not seen. */
const SHARP_MAX = 2;

// protomaps-leaflet finds Leaflet there and nowhere else.
globalThis.L = L;

/** The layer for a `map` of config.json: {kind, url, layers, zoom_max}. Rejected when there is none. */
export async function layer({ kind, url, layers, zoom_max: zoomMax = 19 }) {
  if (!url) throw new Error('no map is configured');
  if (kind === 'pmtiles') {
    const archive = new PMTiles(new URL(url, location.href).href);
    // Fails here, and not tile by tile, when the archive is not there.
    const { maxZoom } = await archive.getHeader();
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    return leafletLayer({ url: archive, maxDataZoom: maxZoom, maxZoom: zoomMax, ...rules(dark), backgroundColor: paper(dark), devicePixelRatio: Math.min(devicePixelRatio, SHARP_MAX), attribution: '' });
  }
  if (kind === 'xyz') return L.tileLayer(url, { maxZoom: zoomMax });
  if (kind === 'wms') return L.tileLayer.wms(url, { layers, format: 'image/png', transparent: false, maxZoom: zoomMax });
  throw new Error(`no map of the kind ${kind}`);
}
