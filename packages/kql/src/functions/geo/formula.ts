import { invariant } from '../../invariant.ts';
import { call, constant, lambda, NULL, type Sql } from '../../sql/tree.ts';

/**
 * Formulas of this package's own, written as formulas: `2 * asin(sqrt(a)) / r` instead of nested calls. What a row asks for
 * is in its parameters; no text of a query gets here.
 *
 * `let x = …; …` binds a value once. `name(…)` is a formula of the toolbox, or a function of the engine.
 */
type Term =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Term[] }
  | { readonly kind: 'lambda'; readonly names: readonly string[]; readonly body: Term }
  | { readonly kind: 'let'; readonly name: string; readonly value: Term; readonly body: Term };

interface Formula {
  readonly parameters: readonly string[];
  readonly body: Term;
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)*(?:e[+-]?\d+)?)|'([^']*)'|([A-Za-z_]\w*)|(->|<=|>=|!=|[-+*/%()<>=,;?:.[\]]))/y;

/** Operators by how tightly they bind, loosest first. */
const BINARY: readonly Readonly<Record<string, string>>[] = [
  { or: 'or' },
  { and: 'and' },
  {
    '=': 'equals',
    '!=': 'notEquals',
    '<': 'less',
    '<=': 'lessOrEquals',
    '>': 'greater',
    '>=': 'greaterOrEquals',
  },
  { '+': 'plus', '-': 'minus' },
  { '*': 'multiply', '/': 'divide', '%': 'modulo' },
];

interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'sign';
  readonly text: string;
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  const source = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    invariant(match, `a formula is readable at: ${source.slice(at, at + 30)}`);
    const [, number, quoted, word, sign] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (quoted !== undefined) found.push({ kind: 'text', text: quoted });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else found.push({ kind: 'sign', text: sign ?? '' });
  }
  return found;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  whole(): Term {
    const term = this.#expression();
    invariant(this.#at === this.#tokens.length, `a formula ends at ${this.#tokens[this.#at]?.text ?? ''}`);
    return term;
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token !== undefined && token.kind !== 'text' && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    invariant(this.#take(text), `a formula has ${text}, not ${this.#tokens[this.#at]?.text ?? 'its end'}`);
  }

  #word(): string {
    const token = this.#tokens[this.#at++];
    invariant(token?.kind === 'word', 'a formula has a name');
    return token.text;
  }

  #expression(): Term {
    if (this.#take('let')) {
      const name = this.#word();
      this.#expect('=');
      const value = this.#expression();
      this.#expect(';');
      return { kind: 'let', name, value, body: this.#expression() };
    }
    const names = this.#lambdaNames();
    if (names !== undefined) return { kind: 'lambda', names, body: this.#expression() };
    const condition = this.#binary(0);
    if (!this.#take('?')) return condition;
    const yes = this.#expression();
    this.#expect(':');
    return { kind: 'call', name: 'if', args: [condition, yes, this.#expression()] };
  }

  /** `x ->` or `(x, y) ->`, or nothing. */
  #lambdaNames(): readonly string[] | undefined {
    if (this.#tokens[this.#at]?.kind === 'word' && this.#is('->', 1)) {
      const name = this.#word();
      this.#expect('->');
      return [name];
    }
    if (!this.#is('(')) return undefined;
    let end = this.#at + 1;
    const names: string[] = [];
    while (this.#tokens[end]?.kind === 'word') {
      names.push(this.#tokens[end]?.text ?? '');
      end += this.#tokens[end + 1]?.text === ',' ? 2 : 1;
    }
    if (this.#tokens[end]?.text !== ')' || this.#tokens[end + 1]?.text !== '->') return undefined;
    this.#at = end + 2;
    return names;
  }

  #binary(level: number): Term {
    const signs = BINARY[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#tokens[this.#at];
      const name = token === undefined || token.kind === 'text' ? undefined : signs[token.text];
      if (name === undefined) return left;
      this.#at += 1;
      left = { kind: 'call', name, args: [left, this.#binary(level + 1)] };
    }
  }

  #unary(): Term {
    if (this.#take('-')) return { kind: 'call', name: 'negate', args: [this.#unary()] };
    if (this.#take('not')) return { kind: 'call', name: 'not', args: [this.#unary()] };
    return this.#postfix(this.#primary());
  }

  #postfix(start: Term): Term {
    let term = start;
    for (;;) {
      if (this.#take('[')) {
        term = { kind: 'call', name: 'arrayElement', args: [term, this.#expression()] };
        this.#expect(']');
      } else if (this.#take('.')) {
        const steps = this.#tokens[this.#at++];
        invariant(steps?.kind === 'number', 'a part of a tuple has a number');
        for (const step of steps.text.split('.'))
          term = { kind: 'call', name: 'tupleElement', args: [term, { kind: 'number', value: Number(step) }] };
      } else return term;
    }
  }

  #list(end: string): readonly Term[] {
    const items: Term[] = [];
    while (!this.#take(end)) {
      items.push(this.#expression());
      if (!this.#is(end)) this.#expect(',');
    }
    return items;
  }

  #primary(): Term {
    const token = this.#tokens[this.#at++];
    invariant(token, 'a formula goes on');
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'text', value: token.text };
    if (token.kind === 'word')
      return this.#take('(')
        ? { kind: 'call', name: token.text, args: this.#list(')') }
        : { kind: 'name', name: token.text };
    if (token.text === '[') return { kind: 'call', name: 'array', args: this.#list(']') };
    invariant(token.text === '(', `a formula does not start with ${token.text}`);
    const items = this.#list(')');
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { kind: 'call', name: 'tuple', args: items };
  }
}

/** How often a formula reads a name; a reading inside a lambda counts as many. */
function readings(term: Term, name: string, inLambda = false): number {
  switch (term.kind) {
    case 'number':
    case 'text':
      return 0;
    case 'name':
      return term.name === name ? (inLambda ? 2 : 1) : 0;
    case 'call':
      return term.args.reduce((sum, part) => sum + readings(part, name, inLambda), 0);
    case 'lambda':
      return term.names.includes(name) ? 0 : readings(term.body, name, true);
    case 'let':
      return readings(term.value, name, inLambda) + (term.name === name ? 0 : readings(term.body, name, inLambda));
  }
}

const SIMPLE: ReadonlySet<Sql['kind']> = new Set(['variable', 'constant', 'column', 'literal', 'lambda']);

/** The body with a value that is computed once. */
export function bound(value: Sql, body: (value: Sql) => Sql): Sql {
  if (SIMPLE.has(value.kind)) return body(value);
  return call(
    'arrayElement',
    call(
      'arrayMap',
      lambda((item) => body(item)),
      call('array', value),
    ),
    constant(1),
  );
}

type Names = ReadonlyMap<string, Sql>;

/** Formulas by name. A name that is none of these is a function of the engine. */
export interface Toolbox {
  /** The formula with these arguments. */
  apply(name: string, ...args: readonly Sql[]): Sql;
  /** A toolbox with more formulas. */
  with(definitions: Readonly<Record<string, string>>): Toolbox;
}

/** `{'dot(a, b)': 'a.1 * b.1 + a.2 * b.2'}` as formulas. */
export function toolbox(
  definitions: Readonly<Record<string, string>>,
  base: ReadonlyMap<string, () => Formula> = new Map(),
): Toolbox {
  const known = new Map(base);
  for (const [head, text] of Object.entries(definitions)) {
    const [, name = '', list = ''] = /^(\w+)\((.*)\)$/.exec(head) ?? [];
    let read: Formula | undefined;
    known.set(
      name,
      () => (read ??= { parameters: list.split(/\s*,\s*/).filter(Boolean), body: new Reader(text).whole() }),
    );
  }

  const build = (term: Term, names: Names): Sql => {
    switch (term.kind) {
      case 'number':
      case 'text':
        return constant(term.value);
      case 'name': {
        if (term.name === 'null') return NULL;
        const found = names.get(term.name);
        invariant(found, `a formula knows ${term.name}`);
        return found;
      }
      case 'lambda': {
        const fresh = freshLambda(term.names.length, (values) =>
          build(
            term.body,
            new Map([...names, ...term.names.map((name, index) => [name, values[index]] as [string, Sql])]),
          ),
        );
        return fresh;
      }
      case 'let':
        return bound(build(term.value, names), (value) => build(term.body, new Map([...names, [term.name, value]])));
      case 'call': {
        const args = term.args.map((part) => build(part, names));
        return known.has(term.name) ? apply(term.name, ...args) : call(term.name, ...args);
      }
    }
  };

  const apply = (name: string, ...args: readonly Sql[]): Sql => {
    const formula = known.get(name)?.();
    invariant(formula, `the formula ${name} is there`);
    invariant(formula.parameters.length === args.length, `${name} has ${formula.parameters.length} parameters`);
    const next = (index: number, names: Names): Sql => {
      const [parameter, value] = [formula.parameters[index], args[index]];
      if (parameter === undefined || value === undefined) return build(formula.body, names);
      const go = (item: Sql): Sql => next(index + 1, new Map([...names, [parameter, item]]));
      return readings(formula.body, parameter) > 1 ? bound(value, go) : go(value);
    };
    return next(0, new Map());
  };

  return { apply, with: (more) => toolbox(more, known) };
}

/** A lambda of so many variables. */
function freshLambda(count: number, body: (values: readonly Sql[]) => Sql): Sql {
  if (count === 1) return lambda((one) => body([one]));
  if (count === 2) return lambda((one, two) => body([one, two]));
  return lambda((one, two, three) => body([one, two, three]));
}
