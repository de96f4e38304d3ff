import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { readNonce } from '../../appearance/nonce.ts';
import { formatQuery } from './formatQuery.ts';
import { goToDefinition } from './goToDefinition.ts';
import { kqlHighlight } from './kqlHighlight.ts';
import { serverLanguage } from './serverLanguage.ts';
import { typeOverSelection } from './typeOverSelection.ts';
import classes from './QueryEditor.module.css';

const look = EditorView.theme({
  '&': { fontSize: '14px', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6' },
  '.cm-content': { minHeight: '150px', padding: '10px 0', caretColor: 'var(--mantine-color-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--mantine-color-dimmed)', border: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--kql-selection)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel-background)',
    color: 'var(--mantine-color-text)',
    border: 'var(--panel-border)',
    borderRadius: '8px',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--mantine-primary-color-filled)',
    color: '#fff',
  },
  '.cm-explanation': { padding: '6px 10px', whiteSpace: 'pre-wrap', maxWidth: '60ch', fontSize: '13px' },
  '.cm-panels': { backgroundColor: 'var(--panel-background)', color: 'var(--mantine-color-text)', border: 'none' },
  '.cm-definition': { borderTop: 'var(--panel-border)', maxHeight: '220px', overflow: 'auto', padding: '8px 12px' },
  '.cm-definition pre': { margin: 0, fontSize: '13px', whiteSpace: 'pre-wrap' },
  '.cm-completionDetail': { color: 'inherit', opacity: '0.8' },
  '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
});

export interface QueryEditorProps {
  readonly initial: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** What screen readers call it; default `KQL query`. */
  readonly label?: string;
  /** True for a text that is no whole query: the server is not asked about it. */
  readonly isPart?: boolean;
}

/** The KQL editor. It owns its text; a new `key` gives it a new one. Tab leaves it, as keyboard users expect. */
export default function QueryEditor({
  initial,
  onChange,
  onRun,
  label = 'KQL query',
  isPart = false,
}: QueryEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const handlers = useRef({ onChange, onRun });
  useEffect(() => {
    handlers.current = { onChange, onRun };
  });
  useEffect(() => {
    if (host.current === null) return;
    const run = () => {
      handlers.current.onRun();
      return true;
    };
    const nonce = readNonce(document);
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          nonce === undefined ? [] : EditorView.cspNonce.of(nonce),
          Prec.highest(
            keymap.of([
              { key: 'Mod-Enter', run },
              { key: 'Shift-Enter', run },
              { key: 'Tab', run: acceptCompletion },
              {
                key: 'Shift-Alt-f',
                run: (edited) => {
                  void formatQuery(edited);
                  return true;
                },
              },
            ]),
          ),
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          EditorView.lineWrapping,
          placeholder('Authentication | where EventResult == "Failure" | summarize count() by TargetUsername'),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          typeOverSelection,
          kqlHighlight,
          isPart ? [] : [serverLanguage, goToDefinition],
          look,
        ],
      }),
    });
    return () => view.destroy();
  }, [initial, label, isPart]);
  return <div ref={host} className={classes.editor} />;
}
