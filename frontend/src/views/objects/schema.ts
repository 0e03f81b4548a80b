/** What a kind's schema says of a text: which fields may stand where, what they hold, and what is wrong. */
import type { SchemaReply } from '../../wire';
import type { Entry, Step } from './yamlpath';

export interface Schema {
  type?: string;
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  required?: string[];
  enum?: (string | number)[];
  allOf?: Schema[];
  oneOf?: Schema[];
  $ref?: string;
  default?: unknown;
  'x-kubernetes-int-or-string'?: boolean;
}

export type FindingKind = 'unknown' | 'meant' | 'text' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'required' | 'enum' | 'again';

export interface Finding {
  from: number;
  to: number;
  kind: FindingKind;
  args: Record<string, string>;
}

export interface Field {
  name: string;
  schema: Schema;
  required: boolean;
}

const FREE = /(Quantity|IntOrString|RawExtension|FieldsV1|Time|MicroTime|JSON)$/;

export class Schemas {
  private readonly root: Schema;

  constructor(private readonly reply: SchemaReply) {
    this.root = (reply.schemas[reply.root] ?? {}) as Schema;
  }

  /** A reference is what it refers to; what stands beside it is said rather than what stands there. */
  resolve(schema: Schema): Schema {
    const name = this.nameOf(schema);
    if (!name) return schema;
    const target = (this.reply.schemas[name] ?? {}) as Schema;
    const description = schema.description ?? target.description;
    return { ...this.resolve(target), ...(description === undefined ? {} : { description }), ...(FREE.test(name) ? { format: 'free' } : {}) };
  }

  /** The schema of a field; null where the kind does not know it. */
  at(path: readonly Step[]): Schema | null {
    let schema = this.resolve(this.root);
    for (const step of path) {
      const next = typeof step === 'number' ? schema.items : (schema.properties?.[step] ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined));
      if (!next) return null;
      schema = this.resolve(next);
    }
    return schema;
  }

  /** The fields that may stand in the mapping at a path, those that must be there first. */
  fields(path: readonly Step[]): Field[] {
    const schema = this.at(path);
    const required = schema?.required ?? [];
    return Object.entries(schema?.properties ?? {})
      .map(([name, field]) => ({ name, schema: this.resolve(field), required: required.includes(name) }))
      .sort((a, b) => Number(b.required) - Number(a.required) || (a.name < b.name ? -1 : 1));
  }

  /** What is wrong, in the order of the text. Of what the schema leaves open nothing is said. */
  check(entries: readonly Entry[]): Finding[] {
    const found: Finding[] = [];
    for (const entry of entries) {
      if (entry.path[0] === 'status') continue; // only the server writes it
      const name = String(entry.path.at(-1) ?? '');
      if (entry.again) found.push({ ...entry.at, kind: 'again', args: { field: name } });
      const schema = this.at(entry.path);
      if (schema) found.push(...this.checkOne(entry, schema, name));
      else if (entry.path.length > 0 && typeof entry.path.at(-1) === 'string') {
        const above = this.at(entry.path.slice(0, -1));
        if (above?.properties) found.push(unknown(entry, name, Object.keys(above.properties)));
      }
    }
    return found;
  }

  private checkOne(entry: Entry, schema: Schema, name: string): Finding[] {
    const wrong = typeError(entry, schema);
    if (wrong) return [{ ...(entry.kind === 'scalar' && entry.value.to > entry.value.from ? entry.value : entry.at), kind: wrong, args: { field: name } }];
    if (schema.enum && entry.kind === 'scalar' && entry.scalar !== null && !schema.enum.some((value) => value === entry.scalar)) {
      return [{ ...entry.value, kind: 'enum', args: { field: name, values: schema.enum.join(', ') } }];
    }
    if (entry.kind !== 'map' || !schema.properties) return [];
    // Headers and labels' selectors aside, the server itself fills in nothing that is called required.
    const lacking = (schema.required ?? []).filter((field) => !entry.keys!.includes(field));
    return lacking.map((field) => ({ ...firstLine(entry), kind: 'required' as const, args: { field } }));
  }

  private nameOf(schema: Schema): string | null {
    const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]!.$ref : undefined);
    return ref ? ref.slice(ref.lastIndexOf('/') + 1) : null;
  }
}

function firstLine(entry: Entry): { from: number; to: number } {
  return entry.path.length > 0 && typeof entry.path.at(-1) === 'string' ? entry.at : { from: entry.value.from, to: entry.value.from + 1 };
}

function typeError(entry: Entry, schema: Schema): FindingKind | null {
  const { type } = schema;
  if (!type || schema.format === 'free' || schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] || schema.oneOf) return null;
  if (entry.kind === 'map') return type === 'object' ? null : typeName(type);
  if (entry.kind === 'list') return type === 'array' ? null : typeName(type);
  const value = entry.scalar;
  if (value === null || value === undefined) return null;
  if (type === 'object' || type === 'array') return type;
  if (type === 'boolean') return typeof value === 'boolean' ? null : 'boolean';
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value) ? null : 'integer';
  if (type === 'number') return typeof value === 'number' ? null : 'number';
  return typeof value === 'string' ? null : 'text';
}

function typeName(type: string): FindingKind {
  return type === 'string' ? 'text' : (type as FindingKind);
}

function unknown(entry: Entry, name: string, known: string[]): Finding {
  const near = nearest(name, known);
  return near ? { ...entry.at, kind: 'meant', args: { field: name, meant: near } } : { ...entry.at, kind: 'unknown', args: { field: name } };
}

/** The known name that a misspelt one is nearest to, if one is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  const most = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let least = most + 1;
  for (const candidate of known) {
    const distance = candidate.toLowerCase() === name.toLowerCase() ? 0 : editsBetween(name, candidate, least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours; what reaches `most` is not counted further. */
function editsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The values that a field may have, where its schema lists them or its description does: "One of Always, Never, IfNotPresent." */
export function valuesOf(schema: Schema): string[] {
  if (schema.enum) return schema.enum.map(String);
  if (schema.type === 'boolean') return ['true', 'false'];
  if (schema.type !== 'string' || !schema.description) return [];
  const told = /(?:one of|must be(?: either)?|valid (?:options|values) are|possible values are|supported values are|can be(?: one of)?):?\s+((?:["'“`]?[A-Z][A-Za-z0-9]*["'”`]?(?:\s+\(default\))?(?:\s*,\s*(?:and|or)?\s*|\s+(?:and|or)\s+)?)+)/i.exec(schema.description);
  const words = told?.[1]?.match(/[A-Z][A-Za-z0-9]+/g) ?? [];
  return words.length > 1 ? [...new Set(words)] : [];
}

export interface Place {
  /** Of the mapping in which the key stands, or of the field whose value it is. */
  path: Step[];
  mode: 'key' | 'value';
  /** Where the word under the cursor begins. */
  from: number;
}

/** Where in a text the cursor stands, told by indentation: what is being typed need not be YAML yet. */
export function placeAt(text: string, pos: number): Place | null {
  const lineFrom = text.lastIndexOf('\n', pos - 1) + 1;
  const before = text.slice(lineFrom, pos);
  const written = /^(\s*(?:- +)*)([\w./-]*)$/.exec(before);
  if (written) return { path: pathAbove(text, lineFrom, written[1]!.length), mode: 'key', from: lineFrom + written[1]!.length };
  const value = /^(\s*(?:- +)*)([\w./-]+):\s+(["']?[^\s"']*)$/.exec(before);
  if (value) return { path: [...pathAbove(text, lineFrom, value[1]!.length), value[2]!], mode: 'value', from: pos - value[3]!.replace(/^["']/, '').length };
  return null;
}

/** The path of the mapping whose keys begin at `column` on the line that begins at `lineFrom`. */
function pathAbove(text: string, lineFrom: number, column: number): Step[] {
  const path: Step[] = [];
  let limit = column;
  let afterDash = false;
  let lines = text.slice(0, lineFrom).split('\n').slice(0, -1);
  const own = /^\s*((?:- +)*)/.exec(text.slice(lineFrom))!;
  lines = [...lines, text.slice(lineFrom).split('\n')[0]!.slice(0, own[0].length)];
  for (const line of lines.reverse()) {
    if (/^---/.test(line)) break;
    if (/^\s*#/.test(line)) continue;
    const starts: { column: number; key: string | null }[] = [];
    let rest = line;
    let at = 0;
    for (let match = /^(\s*)- */.exec(rest); match; match = /^(\s*)- */.exec(rest)) {
      starts.push({ column: at + match[1]!.length, key: null });
      at += match[0].length;
      rest = rest.slice(match[0].length);
    }
    const key = /^(\s*)([^\s:#][^:]*):(?:\s|$)/.exec(rest);
    if (key) starts.push({ column: at + key[1]!.length, key: key[2]!.replace(/^["']|["']$/g, '') });
    for (const start of starts.reverse()) {
      if (start.key === null && !afterDash && start.column < limit) {
        path.unshift(0);
        [limit, afterDash] = [start.column, true];
      } else if (start.key !== null && (start.column < limit || (afterDash && start.column <= limit))) {
        path.unshift(start.key);
        [limit, afterDash] = [start.column, false];
      }
    }
    if (limit === 0 && !afterDash) break;
  }
  return path;
}
