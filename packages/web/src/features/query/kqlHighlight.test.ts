import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { expect, it } from 'vitest';
import { kqlLanguage } from './kqlHighlight.ts';

const names = tagHighlighter([
  { tag: tags.keyword, class: 'keyword' },
  { tag: tags.string, class: 'string' },
  { tag: tags.comment, class: 'comment' },
  { tag: tags.number, class: 'number' },
  { tag: tags.typeName, class: 'type' },
  { tag: tags.function(tags.variableName), class: 'function' },
]);

function coloured(text: string): string[] {
  const found: string[] = [];
  highlightTree(kqlLanguage.parser.parse(text), names, (from, to, kind) =>
    found.push(`${kind} ${text.slice(from, to)}`),
  );
  return found;
}

it.each([
  ['T | where A has "x"', ['keyword where', 'keyword has', 'string "x"']],
  ['T | project-away B // where', ['keyword project-away', 'comment // where']],
  ['print a-b, ago(15m)', ['keyword print', 'function ago', 'number 15m']],
  ['print @"C:\\", "a\\"b", \'c\'', ['keyword print', 'string @"C:\\"', 'string "a\\"b"', "string 'c'"]],
  [
    'datatable (a: string)[```\nwhere\n```]',
    ['keyword datatable', 'type string', 'string ```', 'string where', 'string ```'],
  ],
])('%s', (text, parts) => {
  expect(coloured(text)).toEqual(parts);
});
