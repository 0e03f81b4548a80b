/** JSON as YAML, for reading: plain scalars where they are unmistakable, quoted otherwise. */

const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./:+@ -]*$/;
const SPECIAL = /^(true|false|null|yes|no|on|off|~|[-+]?[0-9.][0-9_.eE+-]*)$/i;

export function toYaml(value: unknown, indent = 0): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.map((item) => listItem(item, indent)).join('\n');
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return entries.length === 0 ? '{}' : entries.map(([key, item]) => field(key, item, indent)).join('\n');
  }
  return scalar(value, indent);
}

function listItem(item: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  if (!nested(item)) return `${pad}- ${toYaml(item, indent + 2)}`;
  return `${pad}- ${toYaml(item, indent + 2).trimStart()}`;
}

function field(key: string, item: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  const name = PLAIN.test(key) && !SPECIAL.test(key) ? key : JSON.stringify(key);
  if (!nested(item)) return `${pad}${name}: ${toYaml(item, indent + 2)}`;
  return `${pad}${name}:\n${toYaml(item, Array.isArray(item) ? indent : indent + 2)}`;
}

function nested(item: unknown): boolean {
  return item !== null && typeof item === 'object' && Object.keys(item).length > 0;
}

function scalar(value: unknown, indent: number): string {
  if (typeof value !== 'string') return String(value);
  if (value.includes('\n')) {
    const pad = ' '.repeat(indent);
    return `|\n${value.replace(/\n$/, '').split('\n').map((line) => pad + line).join('\n')}`;
  }
  const plain = PLAIN.test(value) && !SPECIAL.test(value) && !/: |:$| $/.test(value);
  return plain ? value : JSON.stringify(value);
}
