/** The YAML editor. It is heavy, and so it is loaded when an object is opened. */
import { autocompletion, type Completion, type CompletionContext, completionKeymap, type CompletionResult, startCompletion } from '@codemirror/autocomplete';
import { yaml } from '@codemirror/lang-yaml';
import { foldEffect, indentUnit } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter, lintGutter } from '@codemirror/lint';
import { Annotation, Compartment, EditorState, Prec } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { t } from '../../text/index.svelte';
import { codeTheme } from './codetheme';
import { placeAt, type Schema, type Schemas, valuesOf } from './schema';
import { brokenAt, entriesOf, LAST_APPLIED, locate, parseYaml, stepsOf } from './yamlpath';

/** What somebody other than the schema found: a refusal, or that others changed the same field. */
export interface Complaint {
  path: string;
  text: string;
  severity: 'error' | 'warning';
  /** Where it is, if no field says it. */
  line?: number;
  /** A value that may be taken instead. */
  instead?: string;
}

export interface Handlers {
  typed: (text: string) => void;
  save: () => void;
  label: string;
}

const Ours = Annotation.define<boolean>();

export class YamlEditor {
  readonly view: EditorView;
  private readonly locked = new Compartment();
  private schemas: Schemas | null = null;
  private complaints: Complaint[] = [];

  constructor(parent: HTMLElement, text: string, handlers: Handlers) {
    const save = () => {
      handlers.save();
      return true;
    };
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          Prec.high(keymap.of([{ key: 'Mod-s', run: save, preventDefault: true }, { key: 'Mod-Enter', run: save }, ...completionKeymap])),
          basicSetup,
          yaml(),
          indentUnit.of('  '),
          codeTheme,
          lintGutter(),
          linter(() => this.diagnostics(), { delay: 350 }),
          autocompletion({ override: [(context) => this.complete(context)], icons: false }),
          hoverTooltip((_, pos) => this.describe(pos), { hoverTime: 350 }),
          this.locked.of([]),
          EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': handlers.label, 'data-testid': 'yaml-editor' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.every((transaction) => transaction.annotation(Ours))) return;
            this.complaints = this.complaints.filter((complaint) => complaint.severity === 'warning');
            handlers.typed(this.text());
          }),
        ],
      }),
    });
    this.fold();
  }

  text(): string {
    return this.view.state.doc.toString();
  }

  /** Shows another text; what was typed stays in the history of undoing when it was somebody's. */
  show(text: string): void {
    if (text === this.text()) return;
    const top = this.view.scrollDOM.scrollTop;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, annotations: Ours.of(true) });
    this.view.scrollDOM.scrollTop = top;
    this.fold();
  }

  /** What kubectl keeps there for itself is long, and nobody reads it. */
  private fold(): void {
    const entry = entriesOf(this.text()).find(({ path }) => path.length === 3 && path[1] === 'annotations' && path[2] === LAST_APPLIED);
    const from = entry && this.view.state.doc.lineAt(entry.at.from).to;
    if (entry && from !== undefined && entry.value.to > from) this.view.dispatch({ effects: foldEffect.of({ from, to: this.view.state.doc.lineAt(entry.value.to - 1).to }) });
  }

  know(schemas: Schemas | null): void {
    this.schemas = schemas;
    forceLinting(this.view);
  }

  lock(readOnly: boolean): void {
    this.view.dispatch({ effects: this.locked.reconfigure(readOnly ? [EditorState.readOnly.of(true)] : []) });
  }

  complain(complaints: Complaint[]): void {
    this.complaints = complaints;
    this.view.dispatch({ selection: this.view.state.selection });
    forceLinting(this.view);
  }

  /** The line of a field, counted from 1. */
  lineOf(path: string): number {
    const entry = locate(entriesOf(this.text()), stepsOf(path));
    return this.view.state.doc.lineAt(Math.min(entry?.at.from ?? 0, this.view.state.doc.length)).number;
  }

  goTo(line: number): void {
    const at = this.view.state.doc.line(Math.max(1, Math.min(line, this.view.state.doc.lines))).from;
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }

  private diagnostics(): Diagnostic[] {
    const text = this.text();
    const tree = parseYaml(text);
    const entries = entriesOf(text, tree);
    const found: Diagnostic[] = [];
    const broken = brokenAt(tree);
    if (broken) found.push({ from: broken.from, to: Math.max(broken.to, Math.min(broken.from + 1, text.length)), severity: 'error', message: t('yaml.broken') });
    for (const finding of this.schemas?.check(entries) ?? []) {
      const meant = finding.args['meant'];
      found.push({
        from: finding.from,
        to: Math.min(finding.to, text.length),
        severity: 'error',
        message: t(`yaml.${finding.kind}`, finding.args),
        ...(meant ? { actions: [{ name: meant, apply: (view, from, to) => view.dispatch({ changes: { from, to, insert: meant } }) }] } : {}),
      });
    }
    for (const { path, text: message, severity, instead, line } of this.complaints) {
      const entry = locate(entries, stepsOf(path));
      const { doc } = this.view.state;
      const whole = line !== undefined && line <= doc.lines ? doc.line(line) : null;
      const place = whole && whole.to > whole.from ? { from: whole.from, to: whole.to } : entry && entry.kind === 'scalar' && entry.value.to > entry.value.from ? entry.value : (entry?.at ?? { from: 0, to: Math.min(1, text.length) });
      found.push({
        ...place,
        severity,
        message: path ? `${path}: ${message}` : message,
        ...(instead !== undefined && entry?.kind === 'scalar' ? { actions: [{ name: t('yaml.take', { value: instead }), apply: (view, from, to) => view.dispatch({ changes: { from, to, insert: instead } }) }] } : {}),
      });
    }
    return found;
  }

  private complete(context: CompletionContext): CompletionResult | null {
    if (!this.schemas) return null;
    const text = this.text();
    const place = placeAt(text, context.pos);
    if (!place || (!context.explicit && place.mode === 'key' && place.from === context.pos)) return null;
    if (place.mode === 'value') {
      const schema = this.schemas.at(place.path);
      const values = schema ? valuesOf(schema) : [];
      return values.length > 0 ? { from: place.from, options: values.map((label) => ({ label, type: 'enum' })), validFor: /^[\w.-]*$/ } : null;
    }
    const there = locate(entriesOf(text), place.path);
    const taken = there && there.path.length === place.path.length ? (there.keys ?? []) : [];
    const word = text.slice(place.from, context.pos);
    const colon = /^[\w.-]*:/.test(text.slice(place.from));
    const options = this.schemas
      .fields(place.path)
      .filter((field) => field.name === word || !taken.includes(field.name))
      .map((field): Completion => ({
        label: field.name,
        detail: `${typeOf(field.schema)}${field.required ? ` · ${t('yaml.needed')}` : ''}`,
        ...(field.schema.description ? { info: field.schema.description } : {}),
        boost: field.required ? 2 : 0,
        apply: colon ? field.name : insertion(field.name, field.schema, place.from - (text.lastIndexOf('\n', place.from - 1) + 1)),
      }));
    return options.length > 0 ? { from: place.from, options, validFor: /^[\w.-]*$/ } : null;
  }

  private describe(pos: number): { pos: number; end: number; create: () => { dom: HTMLElement } } | null {
    const entry = entriesOf(this.text()).findLast((item) => typeof item.path.at(-1) === 'string' && item.at.from <= pos && pos <= item.at.to);
    const schema = entry && this.schemas?.at(entry.path);
    if (!entry || !schema) return null;
    return {
      pos: entry.at.from,
      end: entry.at.to,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'cm-diagnostic';
        const head = document.createElement('strong');
        head.textContent = `${entry.path.filter((step) => typeof step === 'string').join('.')}  ${typeOf(schema)}`;
        const text = document.createElement('div');
        text.textContent = schema.description ?? '';
        dom.append(head, text);
        return { dom };
      },
    };
  }
}

function typeOf(schema: Schema): string {
  if (schema.type === 'array') return `[]${schema.items?.type ?? t('yaml.objects')}`;
  return schema.format && schema.format !== 'free' ? `${schema.type ?? ''} (${schema.format})` : (schema.type ?? '');
}

/** A field as one goes on typing: its value behind it, or below it and further in. */
function insertion(name: string, schema: Schema, column: number): Completion['apply'] {
  return (view, completion, from, to) => {
    const inner = ' '.repeat(column);
    const text = schema.type === 'object' && schema.format !== 'free' ? `${name}:\n${inner}  ` : schema.type === 'array' ? `${name}:\n${inner}- ` : `${name}: `;
    view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
    void completion;
    if (valuesOf(schema).length > 0) startCompletion(view);
  };
}

