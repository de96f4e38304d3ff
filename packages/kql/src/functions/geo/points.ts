import type { ScalarFunction } from '../types.ts';
import { formulaRow } from './rows.ts';
import { SPHERE } from './sphere.ts';

const TOOLS = SPHERE.with({
  'distance(lng1, lat1, lng2, lat2)':
    'okPlace(lng1, lat1) and okPlace(lng2, lat2) ? metres(haversine(place(lng1, lat1), place(lng2, lat2))) : null',
  'azimuth(lng1, lat1, lng2, lat2)':
    'let a = place(lng1, lat1); let b = place(lng2, lat2);' +
    'okPlace(a.1, a.2) and okPlace(b.1, b.2) and distinctPlaces(a, b) ? bearing(a, b) : null',
  'angle(lng1, lat1, lng2, lat2, lng3, lat3)':
    'let a = place(lng1, lat1); let b = place(lng2, lat2); let c = place(lng3, lat3);' +
    'okPlace(a.1, a.2) and okPlace(b.1, b.2) and okPlace(c.1, c.2) and distinctPlaces(a, b) and distinctPlaces(b, c)' +
    '? turn(bearing(b, c) - bearing(b, a)) : null',
  'inCircle(lng, lat, lng0, lat0, radius)':
    'okPlace(lng, lat) and okPlace(lng0, lat0) and ifNull(radius, -1) >= 0' +
    '? metres(haversine(place(lng, lat), place(lng0, lat0))) <= radius : null',
});

/** Points. Sources: KQL documentation, "geo_distance_2points()" and its neighbours. */
export const GEO_POINT_FUNCTIONS: readonly ScalarFunction[] = [
  formulaRow(TOOLS, 'distance', {
    name: 'geo_distance_2points',
    summary: 'Metres between two places.',
    takes: ['real', 'real', 'real', 'real'],
    examples: [
      ['round(geo_distance_2points(0, 0, 0, 1), 6)', 111195.101177],
      ['geo_distance_2points(13.4, 52.5, 13.4, 52.5)', 0],
      ['geo_distance_2points(200, 0, 0, 1)', null],
      ['geo_distance_2points(real(null), 0, 0, 1)', null],
    ],
  }),
  formulaRow(TOOLS, 'azimuth', {
    name: 'geo_azimuth',
    summary: 'Clockwise angle in radians between north and the line to another place.',
    takes: ['real', 'real', 'real', 'real'],
    examples: [
      ['geo_azimuth(0, 0, 0, 10)', 0],
      ['round(geo_azimuth(0, 0, -10, 0), 9)', 4.71238898],
      ['geo_azimuth(5, 10, 5, 10)', null],
      ['geo_azimuth(0, 0, 180, 0)', null],
    ],
  }),
  formulaRow(TOOLS, 'angle', {
    name: 'geo_angle',
    summary: 'Clockwise angle in radians at the middle one of three places.',
    takes: ['real', 'real', 'real', 'real', 'real', 'real'],
    examples: [
      ['round(geo_angle(0, 10, 0, 0, 10, 0), 9)', 1.570796327],
      ['geo_angle(0, 10, 0, 10, 3, -10)', null],
      ['geo_angle(0, 10, 0, 100, 3, -10)', null],
    ],
  }),
  formulaRow(TOOLS, 'inCircle', {
    name: 'geo_point_in_circle',
    summary: 'True when a place is within a radius in metres around another one.',
    takes: ['real', 'real', 'real', 'real', 'real'],
    examples: [
      ['geo_point_in_circle(0, 1, 0, 0, 111200)', true],
      ['geo_point_in_circle(0, 1, 0, 0, 111000)', false],
      ['geo_point_in_circle(0, 91, 0, 0, 111000)', null],
    ],
  }),
];
