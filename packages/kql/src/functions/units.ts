import { call, cast, literal, NULL, type Sql } from '../sql/tree.ts';
import type { Example, ScalarCall, ScalarFunction } from './types.ts';

/** Units of one measure: what one of each is in the measure's base unit. */
type Units = Readonly<Record<string, number>>;

const PREFIXES = {
  Nano: 1e-9,
  Micro: 1e-6,
  Milli: 1e-3,
  Centi: 1e-2,
  Deci: 0.1,
  Deca: 10,
  Hecto: 100,
  Kilo: 1e3,
  Mega: 1e6,
  Giga: 1e9,
  Tera: 1e12,
} as const;
const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
/** A unit with prefixes: `Kilometer`. */
const scaled = (name: string, size: number, prefixes: readonly (keyof typeof PREFIXES)[]): Units =>
  Object.fromEntries([
    [name, size],
    ...prefixes.map((prefix) => [`${prefix}${lower(name)}`, size * PREFIXES[prefix]] as const),
  ]);

const INCH = 0.0254;
const FOOT = 0.3048;
const GALLON = 0.003785411784;
const BTU = 1055.05585262;
const POUND = 0.45359237;

const ANGLE: Units = {
  Arcminute: 1 / 60,
  Arcsecond: 1 / 3600,
  Gradian: 0.9,
  NatoMil: 9 / 160,
  Revolution: 360,
  ...scaled('Degree', 1, ['Nano', 'Micro', 'Milli']),
  ...scaled('Radian', 180 / Math.PI, ['Nano', 'Micro', 'Milli', 'Centi', 'Deci']),
};
const ENERGY: Units = {
  ...scaled('BritishThermalUnit', BTU, ['Kilo', 'Mega', 'Giga']),
  ...scaled('Calorie', 4.184, ['Kilo', 'Mega']),
  DecathermEc: BTU * 1e6,
  DecathermImperial: 1.05505585257348e9,
  DecathermUs: 1.054804e9,
  ...scaled('ElectronVolt', 1.602176634e-19, ['Kilo', 'Mega', 'Giga', 'Tera']),
  Erg: 1e-7,
  FootPound: 1.355817948,
  HorsepowerHour: 2.6845195377e6,
  ...scaled('Joule', 1, ['Milli', 'Kilo', 'Mega', 'Giga']),
  ...scaled('WattDay', 86_400, ['Kilo', 'Mega', 'Giga', 'Tera']),
  ...scaled('WattHour', 3600, ['Kilo', 'Mega', 'Giga', 'Tera']),
  ThermEc: BTU * 1e5,
  ThermImperial: 1.05505585257348e8,
  ThermUs: 1.054804e8,
};
const FORCE: Units = {
  Dyn: 1e-5,
  KilogramForce: 9.80665,
  KiloPond: 9.80665,
  ...scaled('Newton', 1, ['Micro', 'Milli', 'Deca', 'Kilo', 'Mega']),
  OunceForce: 0.2780138509537812,
  ...scaled('PoundForce', 4.4482216152605, ['Kilo']),
  Poundal: 0.138254954376,
  ShortTonForce: 8896.443230521,
  TonneForce: 9806.65,
};
const LENGTH: Units = {
  Angstrom: 1e-10,
  AstronomicalUnit: 1.495978707e11,
  Chain: 20.1168,
  DataMile: 1828.8,
  DtpPica: INCH / 6,
  DtpPoint: INCH / 72,
  Fathom: 1.8288,
  Foot: FOOT,
  Hand: 0.1016,
  Inch: INCH,
  ...scaled('LightYear', 9.46073047258e15, ['Kilo', 'Mega']),
  ...scaled('Meter', 1, ['Nano', 'Micro', 'Milli', 'Centi', 'Deci', 'Deca', 'Hecto', 'Kilo']),
  Microinch: INCH * 1e-6,
  Mil: INCH / 1000,
  Mile: 1609.344,
  NauticalMile: 1852,
  ...scaled('Parsec', 3.08567758128e16, ['Kilo', 'Mega']),
  PrinterPica: 1 / 237.106301584,
  PrinterPoint: INCH / 72.27,
  Shackle: 27.432,
  SolarRadius: 6.957e8,
  Twip: 1 / 56_692.913385826,
  UsSurveyFoot: 1200 / 3937,
  Yard: 0.9144,
};
const MASS: Units = {
  EarthMass: 5.9722e24,
  Grain: 6.479891e-5,
  ...scaled('Gram', 1e-3, ['Nano', 'Micro', 'Milli', 'Centi', 'Deci', 'Deca', 'Hecto', 'Kilo']),
  ...scaled('Pound', POUND, ['Kilo', 'Mega']),
  ...scaled('Tonne', 1000, ['Kilo', 'Mega']),
  LongHundredweight: POUND * 112,
  LongTon: POUND * 2240,
  Ounce: POUND / 16,
  ShortHundredweight: POUND * 100,
  ShortTon: POUND * 2000,
  Slug: 14.59390293720636,
  SolarMass: 1.98947e30,
  Stone: POUND * 14,
};
const PER = { Hour: 3600, Minute: 60, Second: 1 } as const;
const per = (name: string, size: number, times: readonly (keyof typeof PER)[] = ['Hour', 'Minute', 'Second']): Units =>
  Object.fromEntries(times.map((time) => [`${name}Per${time}`, size / PER[time]]));
const SPEED: Units = {
  ...per('Centimeter', 0.01),
  ...per('Decimeter', 0.1, ['Minute', 'Second']),
  ...per('Foot', FOOT),
  ...per('Inch', INCH),
  ...per('Kilometer', 1000),
  Knot: 1852 / 3600,
  ...per('Meter', 1),
  ...per('Micrometer', 1e-6, ['Minute', 'Second']),
  ...per('Mile', 1609.344, ['Hour']),
  ...per('Millimeter', 1e-3),
  ...per('Nanometer', 1e-9, ['Minute', 'Second']),
  ...per('UsSurveyFoot', 1200 / 3937),
  ...per('Yard', 0.9144),
};
const VOLUME: Units = {
  AcreFoot: 1 / 0.000810714,
  AuTablespoon: 2e-5,
  BoardFoot: 0.0023597372158,
  CubicCentimeter: 1e-6,
  CubicDecimeter: 1e-3,
  ...scaled('CubicFoot', FOOT ** 3, ['Hecto', 'Kilo', 'Mega']),
  CubicHectometer: 1e6,
  CubicInch: INCH ** 3,
  CubicKilometer: 1e9,
  ...scaled('CubicMeter', 1, ['Hecto', 'Kilo']),
  CubicMicrometer: 1e-18,
  CubicMile: 1609.344 ** 3,
  CubicMillimeter: 1e-9,
  CubicYard: 0.9144 ** 3,
  ...scaled('Liter', 1e-3, ['Micro', 'Milli', 'Centi', 'Deci', 'Deca', 'Hecto', 'Kilo', 'Mega']),
  ...scaled('UsGallon', GALLON, ['Deca', 'Deci', 'Hecto', 'Kilo', 'Mega']),
  ...scaled('ImperialGallon', 0.00454609, ['Kilo', 'Mega']),
  ImperialBeerBarrel: 0.16365924,
  ImperialOunce: 0.00454609 / 160,
  ImperialPint: 0.00454609 / 8,
  MetricCup: 2.5e-4,
  MetricTeaspoon: 5e-6,
  OilBarrel: GALLON * 42,
  UkTablespoon: 1.5e-5,
  UsBeerBarrel: GALLON * 31,
  UsCustomaryCup: GALLON / 16,
  UsLegalCup: 2.4e-4,
  UsOunce: GALLON / 128,
  UsPint: GALLON / 8,
  UsQuart: GALLON / 4,
  UsTablespoon: GALLON / 256,
  UsTeaspoon: GALLON / 768,
};
/** Kelvins of one degree, and kelvins at zero. */
const TEMPERATURE: Readonly<Record<string, readonly [size: number, zero: number]>> = {
  DegreeCelsius: [1, 273.15],
  DegreeDelisle: [-2 / 3, 373.15],
  DegreeFahrenheit: [5 / 9, (459.67 * 5) / 9],
  DegreeNewton: [100 / 33, 273.15],
  DegreeRankine: [5 / 9, 0],
  DegreeReaumur: [1.25, 273.15],
  DegreeRoemer: [40 / 21, 273.15 - (7.5 * 40) / 21],
  Kelvin: [1, 0],
  MillidegreeCelsius: [1e-3, 273.15],
  SolarTemperature: [5778, 0],
};

const real = (sql: Sql): Sql => cast(sql, 'Nullable(Float64)');

/** A property of the unit that an argument names; null for a name that is none. */
function named(of: ScalarCall, index: number, units: Units): Sql {
  const name = of.arg(index).constant;
  if (typeof name === 'string') {
    const known = Object.hasOwn(units, name) ? units[name] : undefined;
    return known === undefined ? real(NULL) : literal('Float64', known);
  }
  return call(
    'transform',
    of.sql(index),
    literal('Array(String)', Object.keys(units)),
    literal('Array(Float64)', Object.values(units)),
    real(NULL),
  );
}

const converting = (name: string, units: Units, examples: readonly Example[]): ScalarFunction => ({
  name,
  summary: 'A value in another unit; null for a unit that is none.',
  takes: ['real', 'string'],
  nulls: 'may',
  lower: (of) => {
    if (units === ANGLE && (of.arg(1).constant === 'Tilt' || of.arg(2).constant === 'Tilt')) return tilt(of);
    return call('divide', call('multiply', of.sql(0), named(of, 1, units)), named(of, 2, units));
  },
  examples,
});

/** A tilt is the sine of an angle. */
function tilt(of: ScalarCall): Sql {
  const degrees =
    of.arg(1).constant === 'Tilt'
      ? call('degrees', call('asin', of.sql(0)))
      : call('multiply', of.sql(0), named(of, 1, ANGLE));
  return of.arg(2).constant === 'Tilt'
    ? call('sin', call('radians', degrees))
    : call('divide', degrees, named(of, 2, ANGLE));
}

const part = (index: 0 | 1): Units =>
  Object.fromEntries(Object.entries(TEMPERATURE).map(([name, entry]) => [name, entry[index]]));
const [SIZES, ZEROS] = [part(0), part(1)];

/** Measures in other units. Source: KQL documentation, "convert_length()" and its neighbours. */
export const UNIT_FUNCTIONS: readonly ScalarFunction[] = [
  converting('convert_angle', ANGLE, [
    ["convert_angle(1.2, 'Degree', 'Arcminute')", 72],
    ["convert_angle(1, 'Revolution', 'Radian')", 6.283185307179586],
    ["convert_angle(0.5, 'Tilt', 'Degree')", 30],
    ["convert_angle(1, 'Degree', 'Furlong')", null],
  ]),
  converting('convert_energy', ENERGY, [
    ["convert_energy(1.2, 'Joule', 'BritishThermalUnit')", 0.00113738054437598],
    ["convert_energy(1, 'KilowattHour', 'Megajoule')", 3.6],
  ]),
  converting('convert_force', FORCE, [["convert_force(1.2, 'Newton', 'Decanewton')", 0.12]]),
  converting('convert_length', LENGTH, [
    ["convert_length(1.2, 'Meter', 'Foot')", 3.93700787401575],
    ["convert_length(real(null), 'Meter', 'Foot')", null],
    ["convert_length(1, tostring(dynamic(['Mile'])[0]), 'Kilometer')", 1.609344],
  ]),
  converting('convert_mass', MASS, [["convert_mass(1.2, 'Kilogram', 'Pound')", 2.64554714621853]]),
  converting('convert_speed', SPEED, [["convert_speed(1.2, 'MeterPerSecond', 'CentimeterPerHour')", 432000]]),
  {
    name: 'convert_temperature',
    summary: 'A temperature in another unit; null for a unit that is none.',
    takes: ['real', 'string'],
    nulls: 'may',
    lower: (of) => {
      const kelvins = call('plus', call('multiply', of.sql(0), named(of, 1, SIZES)), named(of, 1, ZEROS));
      return call('divide', call('minus', kelvins, named(of, 2, ZEROS)), named(of, 2, SIZES));
    },
    examples: [
      ["convert_temperature(1.2, 'Kelvin', 'DegreeCelsius')", -271.95],
      ["convert_temperature(100, 'DegreeCelsius', 'DegreeFahrenheit')", 212],
      ["convert_temperature(1, 'x', 'Kelvin')", null],
    ],
  },
  converting('convert_volume', VOLUME, [
    ["convert_volume(1.2, 'CubicMeter', 'AcreFoot')", 0.0009728568],
    ["convert_volume(1, 'UsGallon', 'Liter')", 3.785411784],
  ]),
];
