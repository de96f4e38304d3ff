import { call, children, type Sql } from '../sql/tree.ts';

/** Aggregates of the engine that the rows of the aggregate tables are made of, with the engine's suffixes. */
const ENGINE_AGGREGATE =
  /^(?:count|sum|sumWithOverflow|min|max|any|anyLast|avg|avgWeighted|argMin|argMax|uniq(?:Exact|Combined|Combined64|HLL12|Theta)?|quantiles?(?:Exact|ExactLow|ExactHigh|ExactInclusive|ExactExclusive|TDigest|Weighted|ExactWeighted|ExactWeightedInterpolated|TDigestWeighted|InterpolatedWeighted)?|(?:stddev|var)(?:Pop|Samp)(?:Stable)?|group(?:Array|UniqArray|ArraySorted|BitAnd|BitOr|BitXor))(?:If|OrNull|OrDefault|Array|Distinct)*$/;

/**
 * An aggregate taken apart: what is kept of each group (`add` gives it a column) and the value made of kept parts, which can be
 * merged over several groups. `over` says over which. `undefined`: not an expression of such aggregates only.
 */
export function mergeable(value: Sql, add: (state: Sql) => Sql, over: (merge: Sql) => Sql): Sql | undefined {
  if (value.kind === 'call' && ENGINE_AGGREGATE.test(value.name)) {
    const state = add({ ...value, name: `${value.name}State` });
    return over({ ...call(`${value.name}Merge`, state), ...parametersOf(value) });
  }
  if (value.kind === 'column' || value.kind === 'source' || value.kind === 'window') return undefined;
  if (value.kind === 'cast') {
    const inner = mergeable(value.value, add, over);
    return inner && { ...value, value: inner };
  }
  if (value.kind === 'lambda') {
    const body = mergeable(value.body, add, over);
    return body && { ...value, body };
  }
  if (value.kind === 'call') {
    const args = value.args.map((argument) => mergeable(argument, add, over));
    return args.every((argument) => argument !== undefined) ? { ...value, args } : undefined;
  }
  return children(value).length === 0 ? value : undefined;
}

function parametersOf(value: Extract<Sql, { readonly kind: 'call' }>): { readonly parameters?: readonly number[] } {
  return value.parameters === undefined ? {} : { parameters: value.parameters };
}
