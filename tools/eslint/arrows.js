/**
 * The arrows of the house as a lint rule: who may import whom. The tables below are the rule; ARCHITECTURE.md explains them.
 * Whatever is not listed is refused, so a new folder starts with no rights.
 */
import path from 'node:path';

/** Importer package -> packages it may import (its own name is always allowed). */
export const PACKAGE_ARROWS = {
  schema: [],
  kql: ['@kusto/language-service-next'],
  guard: ['@gatehouse/schema'],
  server: ['@gatehouse/schema', '@gatehouse/kql', '@gatehouse/guard'],
  web: ['@gatehouse/schema'],
};

/** Packages whose third-party imports are closed too: their purity is part of the design. */
const CLOSED = { schema: [], kql: ['@kusto/language-service-next'] };

/** The server's domains in their total order: each imports only from the left, and only through index.ts. */
export const DOMAIN_ORDER = ['audit', 'identity', 'events', 'query', 'detection', 'response', 'reports'];

const TEST_FILE = /\.test\.tsx?$|[\\/]test[\\/]/;

/** @param {string} file @param {string} root */
function placeOf(file, root) {
  const parts = path.relative(root, file).split(path.sep);
  if (parts[0] !== 'packages') return { top: parts[0] };
  const rest = parts.slice(3);
  const domain = parts[1] === 'server' && rest[0] === 'domains' ? rest[1] : undefined;
  const platform = parts[1] === 'server' && rest[0] === 'platform';
  return { top: 'packages', pkg: parts[1], inSource: parts[2] === 'src', domain, platform };
}

/** @returns {string | undefined} why the import is refused */
export function judgeImport(file, specifier, root) {
  const from = placeOf(file, root);
  const isTest = TEST_FILE.test(file);
  if (specifier.startsWith('.')) {
    const target = path.resolve(path.dirname(file), specifier);
    const to = placeOf(target, root);
    if (from.pkg !== to.pkg) return `relative import leaves its package: use the package's name`;
    if (from.pkg !== 'server' || !from.inSource || isTest) return undefined;
    if (from.platform && !to.platform) return 'platform imports nothing of the server but platform';
    if (from.domain === undefined || to.domain === undefined || from.domain === to.domain)
      return from.domain !== undefined && to.domain === undefined && !to.platform
        ? 'a domain imports platform and the domains left of it, nothing else of the server'
        : undefined;
    if (DOMAIN_ORDER.indexOf(to.domain) >= DOMAIN_ORDER.indexOf(from.domain))
      return `domain ${from.domain} stands left of ${to.domain}: import only leftwards`;
    if (path.basename(target) !== 'index.ts') return `a domain is imported only through its index.ts`;
    return undefined;
  }
  if (from.pkg === undefined) {
    return /^@gatehouse\/[^/]+\/src\//.test(specifier) ? 'import the public entry point of a package' : undefined;
  }
  const ours = /^(@gatehouse\/[^/]+)/.exec(specifier)?.[1];
  if (ours !== undefined) {
    if (ours === `@gatehouse/${from.pkg}`) return undefined;
    if (!PACKAGE_ARROWS[from.pkg]?.includes(ours)) return `${from.pkg} may not import ${ours}`;
    return undefined;
  }
  const closed = CLOSED[from.pkg];
  if (
    closed !== undefined &&
    from.inSource &&
    !isTest &&
    !closed.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  )
    return `${from.pkg} imports nothing but ${closed.join(', ') || 'itself'}`;
  return undefined;
}

/** @type {import('eslint').Rule.RuleModule} */
export const arrowsRule = {
  meta: { type: 'problem', schema: [], messages: { arrow: '{{why}} (see ARCHITECTURE.md, arrows)' } },
  create(context) {
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const why = judgeImport(context.filename, node.source.value, context.cwd);
      if (why !== undefined) context.report({ node: node.source, messageId: 'arrow', data: { why } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
