// How vector tiles are painted: quiet ground, clear streets with their names. Knows the members of Protomaps' tiles, old (`pmap:kind`) and new (`kind`).
import { LineLabelSymbolizer, LineSymbolizer, PolygonSymbolizer, CenteredTextSymbolizer, exp } from 'protomaps-leaflet';

const LIGHT = { paper: '#eef1f4', green: '#d5e8d0', water: '#a9cdf3', house: '#dde1e6', edge: '#c3cad3', street: '#ffffff', main: '#ffe9b8', path: '#b9a98f', rail: '#aab2bd', word: '#1f2d3d', halo: '#ffffff' };
const DARK = { paper: '#12202f', green: '#1b3328', water: '#0d3357', house: '#1d2e40', edge: '#0a1520', street: '#3a4d61', main: '#6b5b34', path: '#5d5442', rail: '#4a5868', word: '#e6edf5', halo: '#0a1520' };
const GREEN = new Set(['park', 'cemetery', 'wood', 'forest', 'grass', 'garden', 'playground', 'pitch', 'golf_course', 'nature_reserve', 'meadow', 'farmland']);

const kind = (feature) => feature.props['pmap:kind'] ?? feature.props.kind;
const of = (...kinds) => (_, feature) => kinds.includes(kind(feature));

/** The colour where nothing is. */
export const paper = (dark) => (dark ? DARK : LIGHT).paper;

/** What is painted and what is written, from the ground up. */
export function rules(dark) {
  const ink = dark ? DARK : LIGHT;
  const fill = (dataLayer, color, filter, minzoom) => ({ dataLayer, filter, minzoom, symbolizer: new PolygonSymbolizer({ fill: color }) });
  const line = (filter, color, stops, minzoom) => ({ dataLayer: 'roads', filter, minzoom, symbolizer: new LineSymbolizer({ color, width: exp(1.6, stops) }) });
  const streets = of('minor_road', 'medium_road');
  const mains = of('major_road', 'highway');
  const font = (size) => ({ fontFamily: 'Titillium Web, sans-serif', fontSize: size, fontWeight: 600 });
  return {
    paintRules: [
      fill('natural', ink.green, (_, { props }) => props.natural !== 'water'),
      fill('landuse', ink.green, (_, feature) => GREEN.has(kind(feature))),
      fill('water', ink.water, (_, feature) => feature.geomType === 3),
      fill('buildings', ink.house, undefined, 15),
      line(of('path', 'other'), ink.path, [[14, 0.5], [18, 2]], 15),
      line(of('rail'), ink.rail, [[10, 0.5], [18, 3]], 12),
      line(streets, ink.edge, [[12, 0.8], [15, 4], [18, 17]], 13),
      line(mains, ink.edge, [[10, 1], [15, 7], [18, 22]]),
      line(streets, ink.street, [[12, 0.5], [15, 3], [18, 15]], 13),
      line(mains, ink.main, [[10, 0.6], [15, 5.5], [18, 20]]),
    ],
    labelRules: [
      { dataLayer: 'places', maxzoom: 14, symbolizer: new CenteredTextSymbolizer({ ...font(13), labelProps: ['name'], fill: ink.word, stroke: ink.halo, width: 3 }) },
      { dataLayer: 'roads', minzoom: 14, filter: mains, symbolizer: new LineLabelSymbolizer({ ...font(13), labelProps: ['name'], fill: ink.word, stroke: ink.halo, width: 3 }) },
      { dataLayer: 'roads', minzoom: 16, filter: (z, feature) => !mains(z, feature) && kind(feature) !== 'rail', symbolizer: new LineLabelSymbolizer({ ...font(13), labelProps: ['name'], fill: ink.word, stroke: ink.halo, width: 3 }) },
    ],
  };
}
