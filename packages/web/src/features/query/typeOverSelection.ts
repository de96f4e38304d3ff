import { EditorView } from '@codemirror/view';

/**
 * Replaces a selection by what is typed before the browser does. Left to itself, Chromium carries the replaced text's look over in
 * a style attribute, which the page's security policy blocks with an error in the log.
 */
export const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data } = event;
    const { main } = view.state.selection;
    if (event.inputType !== 'insertText' || data === null || main.empty || view.composing) return false;
    const replace = () =>
      view.state.update(view.state.replaceSelection(data), { scrollIntoView: true, userEvent: 'input.type' });
    event.preventDefault();
    const isTaken = view.state
      .facet(EditorView.inputHandler)
      .some((take) => take(view, main.from, main.to, data, replace));
    if (!isTaken) view.dispatch(replace());
    return true;
  },
});
