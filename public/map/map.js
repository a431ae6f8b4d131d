// The map, fetched when somebody asks for it: a spot to choose under a fixed pin, or reports as points. The build bundles it with Leaflet,
// protomaps-leaflet and pmtiles (tools/map.mjs). It knows no words and no feature: what it says comes from who opens it.
import * as L from 'leaflet';
import { layer } from './source.js';
import style from './map.css';

/** Where the map looks when nobody says where, and how closely, unless config.json says otherwise. */
const CLOSE_ZOOM = 17;
/** How far an arrow key moves the map, in pixels. */
const STEP_PX = 48;
/** How many points are put on the map before the page has its turn again. */
const AT_A_TIME = 100;
/** How long the map stands still before its middle is told, in milliseconds. */
const STILL_MS = 250;

const sheet = new CSSStyleSheet();
sheet.replaceSync(style);
document.adoptedStyleSheets.push(sheet);

/** A map in an element, on the town's own ground. */
async function open(element, { label, lat, lon, zoom }) {
  const config = (await window.filo.config) ?? {};
  const settings = config.map ?? {};
  const ground = await layer(settings);
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: false,
    keyboardPanDelta: STEP_PX,
    zoomAnimation: !calm,
    fadeAnimation: !calm,
    inertia: !calm,
    minZoom: settings.zoom_min ?? 11,
    maxZoom: settings.zoom_max ?? 19,
  });
  element.setAttribute('role', 'application');
  element.setAttribute('aria-label', label);
  const credit = L.control.attribution({ prefix: false }).addTo(map);
  credit.getContainer().textContent = settings.attribution ?? '';
  const outline = await rings(config.boundary);
  if (outline.length) {
    map.setMaxBounds(L.latLngBounds(outline.flat()).pad(0.5));
    L.polyline(outline.map((ring) => [...ring, ring[0]]), { className: 'filo-map-outline', interactive: false }).addTo(map);
  }
  const [east, north] = settings.center ?? [11.2558, 43.7696];
  map.setView([lat ?? north, lon ?? east], zoom ?? (lat === undefined ? 14 : CLOSE_ZOOM));
  ground.addTo(map);
  return map;
}

/** The outline of the municipality as [lat, lon]; nothing when it cannot be had. */
async function rings(path) {
  try {
    const answer = await fetch(path);
    return (await answer.json()).rings.map((ring) => ring.map(([lon, lat]) => [lat, lon]));
  } catch {
    return [];
  }
}

/**
 * A map under a fixed pin: people move the map, the pin stays in its middle. `options`: label, lat, lon, accuracy (metres, drawn as
 * a circle), onMove(lat, lon). Gives `zoom(by)` and `close()`.
 */
export async function pick(element, options) {
  const map = await open(element, options);
  element.append(pin());
  if (options.accuracy > 15) L.circle(map.getCenter(), { radius: options.accuracy, className: 'filo-map-accuracy', interactive: false }).addTo(map);
  const tell = () => {
    const { lat, lng } = map.getCenter();
    options.onMove(lat, lng);
  };
  let still;
  map.on('moveend', () => {
    clearTimeout(still);
    still = setTimeout(tell, STILL_MS);
  });
  tell();
  return handle(map, () => clearTimeout(still));
}

/**
 * Reports as points: `points` are {id, lat, lon, title}; `options`: label, onPick(id). The list beside the map says the same. Drawn on
 * one canvas, so that a thousand are as quick as ten. Gives `zoom(by)` and `close()`.
 */
export async function showReports(element, points, options) {
  const map = await open(element, options);
  const renderer = L.canvas({ padding: 0.1 });
  const colour = getComputedStyle(element).getPropertyValue('--filo-blue').trim() || '#06c';
  const group = L.featureGroup().addTo(map).bindTooltip((dot) => text(dot.options.title));
  group.on('click', ({ propagatedFrom }) => options.onPick?.(propagatedFrom.options.id));
  if (points.length) map.fitBounds(points.map(({ lat, lon }) => [lat, lon]), { padding: [24, 24], maxZoom: 16, animate: false });
  for (let from = 0; from < points.length; from += AT_A_TIME) {
    for (const { id, lat, lon, title = '' } of points.slice(from, from + AT_A_TIME)) {
      group.addLayer(L.circleMarker([lat, lon], { renderer, id, title, radius: 8, weight: 2, color: '#fff', fillColor: colour, fillOpacity: 0.9 }));
    }
    // The page stays alive between one handful and the next.
    await new Promise((next) => setTimeout(next));
  }
  return handle(map);
}

function handle(map, end = () => {}) {
  return {
    zoom: (by) => map.setZoom(map.getZoom() + by),
    close: () => {
      end();
      const element = map.getContainer();
      map.remove();
      element.replaceChildren();
    },
  };
}

/** Words as a node: nothing that people write is read as markup. */
function text(words) {
  const span = document.createElement('span');
  span.textContent = words;
  return span;
}

/** The pin: its point is the middle of the map. */
function pin() {
  const holder = document.createElement('div');
  holder.className = 'filo-map-pin';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 32');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M12 31C5 20 1 16 1 11a11 11 0 0 1 22 0c0 5-4 9-11 20ZM12 7a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z');
  svg.append(path);
  holder.append(svg);
  return holder;
}
