import { describe, expect, it } from 'vitest';
import '@kusto/language-service-next/bridge.min.js';
import { speedUp, type BridgeRuntime } from './runtime.ts';

type Define = (name: string, options: object) => new () => object;
const runtime = globalThis as unknown as BridgeRuntime & {
  readonly Bridge: {
    readonly define: Define;
    readonly definei: Define;
    box(value: unknown, type: unknown): unknown;
    init(): void;
  };
  readonly System: Readonly<Record<string, unknown>>;
};

/** The runtime's own helpers, before they are replaced. */
const { Bridge, System } = runtime;
const own = {
  is: Bridge.is.bind(Bridge),
  ref: Bridge.ref.bind(Bridge),
  getCount: System.Array.getCount.bind(System.Array),
  getItem: System.Array.getItem.bind(System.Array),
};
speedUp(runtime);

const Named = Bridge.definei('Test.INamed', {});
const Animal = Bridge.define('Test.Animal', { inherits: [Named] });
const Dog = Bridge.define('Test.Dog', { inherits: [Animal] });
const Stone = Bridge.define('Test.Stone', {});
const { Generic } = System.Collections as {
  readonly Generic: Readonly<
    Record<'List$1' | 'IList$1', (type: unknown) => { ctor: new () => { add(item: unknown): void } }>
  >;
};
const listOf = (type: unknown, ...entries: readonly unknown[]) => {
  const list = new (Generic.List$1(type).ctor)();
  for (const item of entries) list.add(item);
  return list;
};
// Classes that were asked for since the start have their static parts from here on.
for (const type of [Dog, System.Int32]) Generic.List$1(type);
Bridge.init();
const dogs = listOf(Dog, new Dog(), new Dog(), new Dog());
const numbers = listOf(System.Int32, 7, 8);

const VALUES: readonly unknown[] = [
  new Animal(),
  new Dog(),
  new Stone(),
  dogs,
  numbers,
  [],
  [1, 2],
  {},
  5,
  5.5,
  'text',
  true,
  null,
  undefined,
  () => 1,
  Bridge.box(5, System.Int32),
  Bridge.box(true, System.Boolean),
];
const TYPES: readonly unknown[] = [
  Named,
  Animal,
  Dog,
  Stone,
  Object,
  Array,
  String,
  Number,
  System.Object,
  System.Int32,
  System.Double,
  System.String,
  System.Boolean,
  Generic.IList$1(Dog),
  Generic.IList$1(Animal),
  Generic.List$1(Dog),
  Generic.IList$1(System.Int32),
];

describe('the parser’s runtime answers as before', () => {
  // Each asked twice: what was remembered is what counts.
  it.each([1, 2])('is, time %i', () => {
    for (const value of VALUES)
      for (const type of TYPES)
        for (const allowNull of [undefined, true])
          expect(Bridge.is(value, type, false, allowNull)).toBe(own.is(value, type, false, allowNull));
  });

  it.each([1, 2])('getCount and getItem, time %i', () => {
    const collections: readonly [collection: unknown, type: unknown][] = [
      [dogs, Dog],
      [dogs, Animal],
      [numbers, System.Int32],
      [['a', 'b'], System.String],
      [['a', 'b'], undefined],
    ];
    for (const [collection, type] of collections) {
      expect(System.Array.getCount(collection, type as never)).toBe(own.getCount(collection, type as never));
      for (const index of [0, 1])
        expect(System.Array.getItem(collection, index, type as never)).toEqual(
          own.getItem(collection, index, type as never),
        );
    }
    expect(System.Array.getCount(dogs, Dog as never)).toBe(3);
    expect(() => System.Array.getItem(dogs, 99, Dog as never)).toThrow(/out of the range/i);
    expect(() => own.getItem(dogs, 99, Dog as never)).toThrow(/out of the range/i);
  });

  it('ref reads and writes what it stands for', () => {
    for (const ref of [own.ref, Bridge.ref]) {
      const target: { x: number; list: number[] } = { x: 1, list: [3, 4] };
      const byName = ref(target, 'x');
      byName.v = 2;
      target.x += 1;
      expect([byName.v, target.x]).toEqual([3, 3]);
      const byIndex = ref(target.list, 1);
      byIndex.v = 9;
      expect([byIndex.v, target.list]).toEqual([9, [3, 9]]);
    }
  });
});
