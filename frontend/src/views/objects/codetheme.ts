/** How code looks: colours from the tokens alone, so that a change of theme needs nothing done here. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--ground)', color: 'var(--ink)', fontSize: '1rem' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.45', scrollbarWidth: 'thin', scrollbarColor: 'var(--line-strong) transparent' },
  '.cm-content': { caretColor: 'var(--brass)', padding: '0.5rem 0' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-scroller': { boxShadow: 'inset 0 0 0 var(--stroke) var(--brass)' },
  '.cm-cursor': { borderLeftColor: 'var(--brass)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--bar)', color: 'var(--muted)', border: 'none', borderRight: 'var(--stroke) solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--card) 55%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--card)', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--blue) 30%, transparent)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--chip)', color: 'var(--muted)', border: 'none', padding: '0 0.4rem' },
  '.cm-tooltip': { border: 'var(--stroke) solid var(--line-strong)', borderRadius: '0.625rem', backgroundColor: 'var(--card-high)', color: 'var(--ink)', boxShadow: 'var(--shadow)', overflow: 'hidden' },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '26rem', padding: '0.5rem 0.75rem', fontFamily: 'var(--font)', whiteSpace: 'pre-wrap' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '18rem' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '0.15rem 0.6rem' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--blue)', color: 'var(--ground)' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--muted)', marginLeft: '1rem' },
  'li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-tooltip-hover': { maxWidth: '34rem' },
  '.cm-diagnostic': { padding: '0.35rem 0.75rem', fontFamily: 'var(--font)', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  '.cm-diagnostic-error': { borderLeft: '0.25rem solid var(--red)' },
  '.cm-diagnostic-warning': { borderLeft: '0.25rem solid var(--amber)' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--chip)', color: 'var(--ink)', border: 'var(--stroke) solid var(--line-strong)', borderRadius: '0.4rem', padding: '0.1rem 0.5rem' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--red)', textUnderlineOffset: '0.2em' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--amber)', textUnderlineOffset: '0.2em' },
  '.cm-panels': { backgroundColor: 'var(--bar)', color: 'var(--ink)', borderTop: 'var(--stroke) solid var(--line)' },
  '.cm-panel input, .cm-panel button': { font: 'inherit', color: 'var(--ink)', background: 'var(--card)', border: 'var(--stroke) solid var(--line)', borderRadius: '0.4rem' },
  '.cm-searchMatch': { backgroundColor: 'color-mix(in srgb, var(--amber) 35%, transparent)' },
  '.cm-changedLine, .cm-insertedLine, .cm-inlineChangedLine': { backgroundColor: 'color-mix(in srgb, var(--ok) 16%, transparent) !important' },
  '.cm-changedText, .cm-insertedLine .cm-changedText': { background: 'color-mix(in srgb, var(--ok) 30%, transparent) !important', textDecoration: 'none' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk, .cm-deletedLine': { backgroundColor: 'color-mix(in srgb, var(--red) 16%, transparent) !important' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--red) 30%, transparent) !important', textDecoration: 'none' },
  '.cm-changedText, .cm-changedText span, .cm-deletedText, .cm-deletedText span, .cm-changedLine del span, .cm-changedLine ins span, .cm-deletedChunk del span': { color: 'var(--ink) !important' },
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: 'var(--red)' },
  '&.cm-merge-b .cm-changedLineGutter, .cm-changedLineGutter': { background: 'var(--ok)' },
  '.cm-collapsedLines': { background: 'var(--bar)', color: 'var(--muted)', padding: '0.2rem 0.75rem', fontFamily: 'var(--font)' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"⋯" !important' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--blue)' },
  { tag: [tags.string, tags.special(tags.string), tags.content], color: 'var(--ink)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.keyword], color: 'var(--orange)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace, tags.meta], color: 'var(--muted)' },
  { tag: [tags.labelName, tags.typeName], color: 'var(--violet)' },
]);

export const codeTheme: Extension = [theme, syntaxHighlighting(colours)];
