/** Where in a YAML text each field stands, told by the parser of the editor. */
import { yamlLanguage } from '@codemirror/lang-yaml';
import type { SyntaxNode, Tree } from '@lezer/common';

export type Step = string | number;

export interface Entry {
  path: Step[];
  kind: 'map' | 'list' | 'scalar';
  /** The key, or the value where an item of a list has none. */
  at: { from: number; to: number };
  value: { from: number; to: number };
  /** Of a scalar. */
  scalar?: string | number | boolean | null;
  /** Of a mapping: the names of its fields, in order. */
  keys?: string[];
  /** A field of this name stood before in the same mapping. */
  again?: boolean;
}

export function parseYaml(text: string): Tree {
  return yamlLanguage.parser.parse(text);
}

/** Every field of the first document, outermost first. */
export function entriesOf(text: string, tree: Tree = parseYaml(text)): Entry[] {
  const found: Entry[] = [];
  const document = tree.topNode.getChild('Document');
  const root = document ? content(document) : null;
  if (root) visit(root, [], root, text, found);
  return found;
}

/** The first place at which the text is no YAML. */
export function brokenAt(tree: Tree): { from: number; to: number } | null {
  let place: { from: number; to: number } | null = null;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && !place) place = { from: node.from, to: node.to };
      return !place;
    },
  });
  return place;
}

const WRAPS = ['Tagged', 'Anchored'];
const SKIPPED = ['Comment', 'DirectiveEnd', 'DocEnd', 'Tag', 'Anchor', ':', '-', '?', ','];

function content(node: SyntaxNode): SyntaxNode | null {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (SKIPPED.includes(child.name) || child.name === 'Key' || child.type.isError) continue;
    return WRAPS.includes(child.name) ? content(child) : child;
  }
  return null;
}

function visit(node: SyntaxNode, path: Step[], at: SyntaxNode, text: string, found: Entry[], again = false): void {
  const entry: Entry = {
    path, kind: 'scalar', at: { from: at.from, to: at.to }, value: { from: node.from, to: node.to }, ...(again ? { again } : {}),
  };
  found.push(entry);
  if (node.name === 'BlockMapping' || node.name === 'FlowMapping') {
    entry.kind = 'map';
    entry.keys = [];
    for (const pair of node.getChildren('Pair')) {
      const key = pair.getChild('Key');
      if (!key) continue;
      const name = String(scalarOf(text.slice(key.from, key.to)));
      const value = content(pair);
      const seen = entry.keys.includes(name);
      entry.keys.push(name);
      if (value) visit(value, [...path, name], key, text, found, seen);
      else found.push({ path: [...path, name], kind: 'scalar', at: { from: key.from, to: key.to }, value: { from: pair.to, to: pair.to }, scalar: null, ...(seen ? { again: true } : {}) });
    }
  } else if (node.name === 'BlockSequence' || node.name === 'FlowSequence') {
    entry.kind = 'list';
    let index = 0;
    for (let child = node.firstChild; child; child = child.nextSibling) {
      if (SKIPPED.includes(child.name) || child.name === '[' || child.name === ']' || child.type.isError) continue;
      const item = child.name === 'Item' ? content(child) : child;
      if (item) visit(item, [...path, index], item, text, found);
      index += 1;
    }
  } else {
    entry.scalar = scalarOf(text.slice(node.from, node.to));
  }
}

/** A plain or quoted scalar as Kubernetes' clients read it. */
export function scalarOf(source: string): string | number | boolean | null {
  const text = source.trim();
  if (text.startsWith('"')) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text.slice(1, -1);
    }
  }
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (/^[|>]/.test(text)) return text.replace(/^.*\n?/, '');
  if (/^(true|yes|on)$/i.test(text)) return true;
  if (/^(false|no|off)$/i.test(text)) return false;
  if (/^(null|~|)$/i.test(text)) return null;
  if (/^[-+]?(\d+|\d*\.\d+|\d+\.\d*)([eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}

/** `spec.containers[0].image`, `containers[web]`, `metadata.annotations[a.b/c]` to its steps. */
export function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  for (const [, name, inner] of path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (name !== undefined) steps.push(name);
    else if (inner !== undefined) steps.push(/^\d+$/.test(inner) ? Number(inner) : inner.replace(/^"|"$/g, ''));
  }
  return steps;
}

/** The entry at a path, or the nearest one above it: an item of a list may be named by its index, name or type. */
export function locate(entries: readonly Entry[], steps: readonly Step[]): Entry | null {
  const at = (path: readonly Step[]) => entries.find((entry) => entry.path.length === path.length && entry.path.every((step, i) => step === path[i]));
  let path: Step[] = [];
  let found = at(path) ?? null;
  for (const step of steps) {
    if (!found) return null;
    let next: Step = step;
    if (found.kind === 'list' && typeof step === 'string') {
      const above = path;
      const named = entries.find(
        (entry) => entry.path.length === above.length + 2 && above.every((s, i) => s === entry.path[i]) && (entry.path.at(-1) === 'name' || entry.path.at(-1) === 'type') && entry.scalar === step,
      );
      if (!named) return found;
      next = named.path[above.length]!;
    }
    const inner = at([...path, next]);
    if (!inner) return found;
    path = [...path, next];
    found = inner;
  }
  return found;
}

const SERVERS_OWN = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields', 'selfLink'];
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The text without what only the server writes: its status, and such metadata as a resourceVersion. The rest is left as it is
 * typed; `keepLines` leaves empty lines, so that whoever names a line of it means the same line.
 */
export function withoutServersOwn(text: string, keepLines = false): string {
  const entries = entriesOf(text);
  const drop: { from: number; to: number }[] = [];
  const metadata = entries.find((entry) => entry.path.length === 1 && entry.path[0] === 'metadata');
  const annotations = entries.find((entry) => entry.path.length === 2 && entry.path[0] === 'metadata' && entry.path[1] === 'annotations');
  const lonely = annotations?.keys?.length === 1 && annotations.keys[0] === LAST_APPLIED;
  for (const entry of entries) {
    const [first, second, third] = entry.path;
    const status = entry.path.length === 1 && first === 'status';
    const own = entry.path.length === 2 && first === 'metadata' && SERVERS_OWN.includes(String(second));
    const applied = lonely ? entry === annotations : entry.path.length === 3 && first === 'metadata' && second === 'annotations' && third === LAST_APPLIED;
    if (status || ((own || applied) && metadata?.value)) drop.push(wholeLines(text, entry));
  }
  let left = text;
  for (const { from, to } of drop.sort((a, b) => b.from - a.from)) left = left.slice(0, from) + (keepLines ? left.slice(from, to).replace(/[^\n]/g, '') : '') + left.slice(to);
  return left;
}

/** A field with its value, as whole lines; in a flow mapping, which has no lines of its own, nothing. */
function wholeLines(text: string, entry: Entry): { from: number; to: number } {
  const from = text.lastIndexOf('\n', entry.at.from - 1) + 1;
  if (text.slice(from, entry.at.from).trim() !== '') return { from: 0, to: 0 };
  const end = text.indexOf('\n', Math.max(entry.value.to - 1, entry.at.to));
  return { from, to: end < 0 ? text.length : end + 1 };
}
