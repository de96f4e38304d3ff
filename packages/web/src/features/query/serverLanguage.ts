import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { linter, type Diagnostic } from '@codemirror/lint';
import { hoverTooltip, type EditorView } from '@codemirror/view';
import { api, bodyOf } from '../../api/client.ts';
import type { CompletionItem, KqlProblem } from '../../api/types.ts';

/** Pause in typing after which the server is asked what is wrong. */
const DIAGNOSE_AFTER_MS = 400;

/** A place in the text as it is now: the server saw the text as it was when asked. */
function within(position: number, length: number): number {
  return Math.max(0, Math.min(position, length));
}

/** The server's errors as marks in the editor; a mark is at least one character wide so that it can be seen. */
export function toDiagnostics(problems: readonly KqlProblem[], length: number): Diagnostic[] {
  return problems.map(({ span, severity, code, message, suggestion }) => {
    const from = within(Math.min(span.start, length - 1), length);
    return {
      from,
      to: within(Math.max(span.end, from + 1), length),
      severity: severity === 'suggestion' ? 'hint' : severity,
      source: code,
      message: suggestion === undefined ? message : `${message} Did you mean ${suggestion}?`,
    };
  });
}

async function diagnose(view: EditorView): Promise<readonly Diagnostic[]> {
  const query = view.state.doc.toString();
  if (query.trim() === '') return [];
  try {
    const { diagnostics } = bodyOf(await api.POST('/api/query/diagnostics', { body: { query } }));
    return toDiagnostics(diagnostics, view.state.doc.length);
  } catch {
    return []; // running the query will say what is the matter; typing goes on meanwhile
  }
}

const ICONS: Readonly<Record<string, NonNullable<Completion['type']>>> = {
  table: 'class',
  column: 'property',
  function: 'function',
  aggregate: 'function',
  operator: 'keyword',
  keyword: 'keyword',
  variable: 'variable',
  parameter: 'variable',
};

export function toCompletion(item: CompletionItem): Completion {
  return {
    label: item.label,
    type: ICONS[item.kind.toLowerCase()] ?? 'text',
    ...(item.description !== undefined && { detail: item.description }),
    apply: (view, _completion, from, to) => {
      view.dispatch({
        changes: { from, to, insert: item.before + item.after },
        selection: { anchor: from + item.before.length },
        userEvent: 'input.complete',
      });
    },
  };
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  if (!context.explicit && context.matchBefore(/[\w|.(]\s?$/) === null) return null;
  const stop = new AbortController();
  context.addEventListener('abort', () => stop.abort());
  try {
    const { span, items } = bodyOf(
      await api.POST('/api/query/completions', {
        body: { query: context.state.doc.toString(), position: context.pos },
        signal: stop.signal,
      }),
    );
    return { from: within(span.start, context.pos), options: items.map(toCompletion), validFor: /^[\w-]*$/ };
  } catch {
    return null; // no proposals is all that a failed request means here
  }
}

/** What the name under the pointer stands for, in the server's words. */
const explain = hoverTooltip(async (view, position) => {
  const word = view.state.wordAt(position);
  if (word === null) return null;
  try {
    const body = { query: view.state.doc.toString(), position };
    const { lines } = bodyOf(await api.POST('/api/query/hover', { body }));
    if (lines.length === 0) return null;
    return {
      pos: word.from,
      end: word.to,
      above: true,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'cm-explanation';
        dom.textContent = lines.join('\n');
        return { dom };
      },
    };
  } catch {
    return null;
  }
});

/** What is wrong, what may come next and what a name means, all asked of the server. */
export const serverLanguage = [
  explain,
  linter(diagnose, { delay: DIAGNOSE_AFTER_MS }),
  autocompletion({ override: [complete], activateOnTypingDelay: 150, icons: true }),
];
