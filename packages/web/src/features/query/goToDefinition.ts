import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { EditorView, keymap, showPanel, type Panel } from '@codemirror/view';
import { api, bodyOf } from '../../api/client.ts';
import type { KqlDefinition } from '../../api/types.ts';

type Shown = Exclude<KqlDefinition, { readonly kind: 'text' }>;

const show = StateEffect.define<Shown | null>();

/** A definition that stands elsewhere, as it is read below the query. */
export function describeDefinition(found: Shown): string {
  const title = found.description === undefined ? '' : `// ${found.description}\n`;
  return found.kind === 'function'
    ? `${title}${found.name}${found.parameters}\n${found.body}`
    : `${title}${found.name}\n${found.columns.map(({ name, type }) => `  ${name}: ${type}`).join('\n')}`;
}

function panelOf(found: Shown): (view: EditorView) => Panel {
  return (view) => {
    const dom = document.createElement('section');
    dom.className = 'cm-definition';
    dom.tabIndex = 0;
    dom.setAttribute('aria-label', `Definition of ${found.name}`);
    const text = document.createElement('pre');
    text.textContent = describeDefinition(found);
    dom.append(text);
    dom.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close(view);
    });
    return { dom };
  };
}

/** The definition that is shown below the query; typing goes on beside it. */
const shown = StateField.define<Shown | null>({
  create: () => null,
  update: (value, transaction) =>
    transaction.effects.reduce((now, effect) => (effect.is(show) ? effect.value : now), value),
  provide: (field) => showPanel.from(field, (found) => (found === null ? null : panelOf(found))),
});

function close(view: EditorView): boolean {
  if (view.state.field(shown) === null) return false;
  view.dispatch({ effects: show.of(null) });
  view.focus();
  return true;
}

async function follow(view: EditorView): Promise<void> {
  const body = { query: view.state.doc.toString(), position: view.state.selection.main.head };
  try {
    const { definition } = bodyOf(await api.POST('/api/query/definition', { body }));
    if (definition === undefined) return;
    if (definition.kind !== 'text') {
      view.dispatch({ effects: show.of(definition) });
      return;
    }
    const { length } = view.state.doc;
    const { start, end } = definition.span;
    view.dispatch({
      selection: { anchor: Math.min(start, length), head: Math.min(end, length) },
      effects: [show.of(null), EditorView.scrollIntoView(Math.min(start, length), { y: 'center' })],
    });
  } catch {
    // Running the query says what is the matter with the server.
  }
}

/** F12 goes to where the name at the caret is defined, or shows it below; Escape closes what is shown. */
export const goToDefinition: Extension = [
  shown,
  keymap.of([
    {
      key: 'F12',
      run: (view) => {
        void follow(view);
        return true;
      },
    },
    { key: 'Escape', run: close },
  ]),
];
