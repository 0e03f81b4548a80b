/** Two texts side by side, or one below the other, with what differs. Loaded when it is asked for. */
import { yaml } from '@codemirror/lang-yaml';
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { t } from '../../text/index.svelte';
import { codeTheme } from './codetheme';

const COLLAPSE = { margin: 3, minSize: 6 };
const READING: Extension = [yaml(), codeTheme, lineNumbers(), EditorState.readOnly.of(true), EditorView.lineWrapping];

/** Gives what takes it away again. */
export function mountDiff(parent: HTMLElement, before: string, after: string, split: boolean, label: string): () => void {
  const extensions = [READING, EditorState.phrases.of({ '$ unchanged lines': t('objects.unchanged') }), EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label })];
  if (split) {
    const view = new MergeView({ parent, a: { doc: before, extensions }, b: { doc: after, extensions }, collapseUnchanged: COLLAPSE, gutter: true });
    return () => view.destroy();
  }
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: after, extensions: [...extensions, unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: COLLAPSE })] }),
  });
  return () => view.destroy();
}
