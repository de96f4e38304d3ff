/**
 * Microsoft's parser is C# compiled to JavaScript. A good part of its time goes to four helpers of that compilation's runtime,
 * which look up by name, at every call, what never changes: whether a class implements an interface, how a collection is counted
 * and read. Here they remember it by class. What they answer stays the same (`runtime.test.ts` compares them with the runtime's
 * own); what is not a plain instance of a class goes the runtime's own way.
 */
interface Class {
  readonly $kind?: unknown;
  readonly $$inherits?: unknown;
  readonly $isInterface?: boolean;
  readonly $isArrayEnumerator?: boolean;
  readonly $is?: unknown;
}

type Is = (value: unknown, type: unknown, ignoreFn?: boolean, allowNull?: boolean) => boolean;
type GetCount = (collection: unknown, type?: Class) => number;
type GetItem = (collection: unknown, index: number, type?: Class) => unknown;
type Ref = (target: unknown, name: unknown) => { v: unknown };
/** A generic class with its arguments, and what came of it. */
interface CachedType {
  readonly args: readonly unknown[];
}
type GetCachedType = (generic: object, args: ArrayLike<unknown>) => CachedType | null;
type Methods = Readonly<Record<string, ((index?: number) => unknown) | undefined>>;

export interface BridgeRuntime {
  readonly Bridge: {
    readonly Class: { getCachedType: GetCachedType };
    is: Is;
    ref: Ref;
    getTypeAlias(type: Class): string;
    getDefaultValue(type: Class): unknown;
  };
  readonly System: { readonly Array: { getCount: GetCount; getItem: GetItem } };
}

/** Puts the remembering helpers in the place of the runtime's: once, before the first text is parsed. */
export function speedUp({ Bridge, System }: BridgeRuntime): void {
  const { Array: arrays } = System;
  const alias = (type: Class): string => Bridge.getTypeAlias(type);
  Bridge.is = rememberedIs(Bridge.is.bind(Bridge));
  Bridge.ref = quickRef(Bridge.ref.bind(Bridge));
  Bridge.Class.getCachedType = rememberedType(Bridge.Class.getCachedType.bind(Bridge.Class));
  arrays.getCount = rememberedCount(arrays.getCount.bind(arrays), alias);
  arrays.getItem = rememberedItem(arrays.getItem.bind(arrays), Bridge);
}

/** The class of a plain instance; `undefined` for what needs the runtime's own look: boxes, arrays, functions, bare objects. */
function classOfInstance(value: unknown): Class | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { constructor, $boxed } = value as { readonly constructor?: Class; readonly $boxed?: unknown };
  if (constructor === undefined || $boxed !== undefined || constructor.$isArrayEnumerator === true) return undefined;
  return constructor.$kind === undefined && constructor.$$inherits === undefined ? undefined : constructor;
}

/** A table of answers by class and type. */
function remembered<Answer>(find: (instance: object, type: Class) => Answer | undefined) {
  const byClass = new Map<Class, Map<Class, Answer>>();
  return (instance: unknown, type: Class): Answer | undefined => {
    const found = classOfInstance(instance);
    if (found === undefined) return undefined;
    let answers = byClass.get(found);
    if (answers === undefined) byClass.set(found, (answers = new Map<Class, Answer>()));
    const known = answers.get(type);
    if (known !== undefined) return known;
    const answer = find(instance as object, type);
    if (answer !== undefined) answers.set(type, answer);
    return answer;
  };
}

function rememberedIs(original: Is): Is {
  // A type with `$is` that is no interface decides by the value, and says nothing about the value's kin.
  const known = remembered((instance, type) =>
    type.$isInterface === true || type.$is === undefined ? original(instance, type) : undefined,
  );
  return (value, type, ignoreFn, allowNull) => {
    if (value === null || value === undefined) return allowNull === true;
    const answer = typeof type === 'function' ? known(value, type as Class) : undefined;
    return answer ?? original(value, type, ignoreFn, allowNull);
  };
}

/** How collections of this class are counted: the runtime's list of ways, the first that there is. */
function rememberedCount(original: GetCount, alias: (type: Class) => string): GetCount {
  const way = remembered((instance, type) => {
    const generic = `System$Collections$Generic$ICollection$1$${alias(type)}$`;
    const has = (name: string): boolean => (instance as Methods)[name] !== undefined;
    const isMethod = (name: string): boolean => typeof (instance as Methods)[name] === 'function';
    const method = [`${generic}getCount`, 'System$Collections$ICollection$getCount'].find(isMethod);
    if (method !== undefined) return { method, property: '' };
    const property = [`${generic}Count`, 'System$Collections$ICollection$Count', 'Count'].find(has);
    return property === undefined ? undefined : { method: '', property };
  });
  return (collection, type) => {
    if (Array.isArray(collection)) return collection.length;
    const found = type && way(collection, type);
    if (found === undefined) return original(collection, type);
    const members = collection as Methods;
    return (found.method === '' ? members[found.property] : members[found.method]?.()) as number;
  };
}

function rememberedItem(original: GetItem, Bridge: BridgeRuntime['Bridge']): GetItem {
  const way = remembered((instance, type) => {
    const isMethod = (name: string): boolean => typeof (instance as Methods)[name] === 'function';
    const generic = `System$Collections$Generic$IList$1$${Bridge.getTypeAlias(type)}$getItem`;
    if (isMethod(generic)) return generic;
    // The other ways put a value type's item into a box.
    return (Bridge.getDefaultValue(type) ?? null) === null ? ['get', 'getItem'].find(isMethod) : undefined;
  });
  return (collection, index, type) => {
    if (type !== undefined && Array.isArray(collection)) return (collection as readonly unknown[])[index];
    const method = type && way(collection, type);
    return method === undefined ? original(collection, index, type) : (collection as Methods)[method]?.(index);
  };
}

/** `List<T>` by its one argument; the runtime goes through all that it ever made. */
function rememberedType(original: GetCachedType): GetCachedType {
  const byGeneric = new WeakMap<object, Map<unknown, CachedType>>();
  return (generic, args) => {
    if (args.length !== 1) return original(generic, args);
    let known = byGeneric.get(generic);
    if (known === undefined) byGeneric.set(generic, (known = new Map<unknown, CachedType>()));
    const found = known.get(args[0]) ?? original(generic, args);
    if (found !== null) known.set(args[0], found);
    return found;
  };
}

/** A variable passed by reference; the runtime makes an object with two closures of its own each time. */
class Reference {
  private readonly target: Record<string | number, unknown>;
  private readonly name: string | number;
  constructor(target: unknown, name: string | number) {
    this.target = target as Record<string | number, unknown>;
    this.name = name;
  }
  get v(): unknown {
    return this.target[this.name];
  }
  set v(value: unknown) {
    this.target[this.name] = value;
  }
}

function quickRef(original: Ref): Ref {
  return (target, name) =>
    typeof name === 'string' || typeof name === 'number' ? new Reference(target, name) : original(target, name);
}
