import { languageReference, type Entry, type Family } from '@gatehouse/kql/reference';

const HEAD =
  'Generated from the compiler’s own tables (`packages/kql/src`); do not edit. Every example was run as a test.';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const slug = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** The pages of the language, by file name. */
export function kqlPages(): ReadonlyMap<string, string> {
  const reference = languageReference();
  const pages = new Map<string, string>();
  for (const family of reference.functions) pages.set(`${slug(family.title)}-functions.md`, familyPage(family));
  pages.set('aggregates.md', page('Aggregates', reference.aggregates));
  pages.set('plugins.md', page('Plugins of evaluate', reference.plugins));
  pages.set('unsupported.md', unsupportedPage(reference.unsupported));
  pages.set('README.md', overview(reference));
  return pages;
}

function overview(reference: ReturnType<typeof languageReference>): string {
  const families = reference.functions.map(
    ({ title, entries }) =>
      `- [${title}](${slug(title)}-functions.md): ${entries.map((entry) => `\`${entry.name}\``).join(', ')}`,
  );
  const list = (entries: readonly Entry[]) => entries.map((entry) => `\`${entry.name}\``).join(', ');
  return `# KQL

${HEAD}

Kusto Query Language, parsed and typed by Microsoft’s own parser and run as SQL of the store. What is not listed here is refused before
anything runs; [what is not supported](unsupported.md) says why, and [conformance](../kql-conformance.md) how the documentation’s own
examples fare.

## Operators

| operator | what it does | Kusto’s page |
| --- | --- | --- |
${reference.operators.map(operatorRow).join('\n')}

Between values: ${reference.scalarOperators.map((spelling) => `\`${cell(spelling)}\``).join(', ')}, and \`in\`, \`in~\`, \`!in\`, \`!in~\`, \`has_any\`, \`has_all\`, \`between\`, \`!between\`.

## Functions

${families.join('\n')}
- [Aggregates](aggregates.md): ${list(reference.aggregates)}
- [Plugins of evaluate](plugins.md): ${list(reference.plugins)}
`;
}

function operatorRow({ name, aliases, summary, page: link }: Entry): string {
  const names = [name, ...aliases].map((spelling) => `\`${spelling}\``).join(', ');
  return `| ${names} | ${cell(summary)} | [page](${link}) |`;
}

function familyPage({ title, entries }: Family): string {
  return page(`${title} functions`, entries);
}

function page(title: string, entries: readonly Entry[]): string {
  return `# ${title}\n\n${HEAD}\n\n${entries.map(section).join('\n\n')}\n`;
}

function section(entry: Entry): string {
  const facts = [
    entry.aliases.length > 0 ? `Also ${entry.aliases.map((alias) => `\`${alias}\``).join(', ')}.` : '',
    entry.nulls === '' ? '' : `Result: ${entry.nulls}.`,
    entry.differs === '' ? '' : `**Differs:** ${entry.differs}`,
  ].filter((fact) => fact !== '');
  const examples = entry.examples.map(([query, answer]) => `${query}\n// ${JSON.stringify(answer)}`);
  return [
    `## ${entry.name}`,
    `${entry.summary} ([Kusto’s page](${entry.page}))`,
    ...(entry.signatures.length > 0 ? [entry.signatures.map((text) => `- \`${text}\``).join('\n')] : []),
    ...(facts.length > 0 ? [facts.join(' ')] : []),
    ...(examples.length > 0 ? [`\`\`\`kusto\n${examples.join('\n')}\n\`\`\``] : []),
  ].join('\n\n');
}

function unsupportedPage(rows: ReturnType<typeof languageReference>['unsupported']): string {
  const lines = rows.map(({ kind, name, reason }) => `| ${kind} | \`${name}\` | ${cell(reason)} |`);
  return `# What of Kusto is not supported

${HEAD.split(';')[0] ?? ''}; do not edit. All of it is refused with a clear error before a query runs.

| kind | name | why |
| --- | --- | --- |
${lines.join('\n')}
`;
}
