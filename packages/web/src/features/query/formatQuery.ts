import type { EditorView } from '@codemirror/view';
import { api, bodyOf } from '../../api/client.ts';

/** Lays the query out as the server's formatter writes it; what was typed meanwhile is not overwritten. */
export async function formatQuery(view: EditorView): Promise<void> {
  const before = view.state.doc.toString();
  if (before.trim() === '') return;
  try {
    const { query } = bodyOf(await api.POST('/api/query/format', { body: { query: before } }));
    if (query === before || view.state.doc.toString() !== before) return;
    view.dispatch({
      changes: { from: 0, to: before.length, insert: query },
      selection: { anchor: Math.min(view.state.selection.main.head, query.length) },
      userEvent: 'input.format',
    });
  } catch {
    // Running the query says what is the matter with the server.
  }
}
