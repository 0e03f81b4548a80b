/** Lists and trees of objects, from the rows of an instant. */
import type { KindView, ObjectRow } from '../../wire';

export interface Wanted {
  resource: string;
  namespace: string;
  search: string;
}

/** Those of a kind and a namespace whose name, kind or labels hold every word. */
export function find(rows: readonly ObjectRow[], { resource, namespace, search }: Wanted): ObjectRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    if (resource !== '' && row.resource !== resource) return false;
    if (namespace !== '' && row.namespace !== namespace) return false;
    if (words.length === 0) return true;
    const text = `${row.name} ${row.kind} ${row.resource} ${Object.entries(row.labels).map(([key, value]) => `${key}=${value}`).join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return resource === '' ? found.sort((a, b) => rank(a) - rank(b)) : found;
}

const FIRST = ['deployments', 'replicasets', 'pods', 'services', 'nodes', 'namespaces', 'configmaps', 'secrets'];
const LAST = ['leases', 'events'];

/** What people made comes first, what tells of it last. */
function rank({ resource }: ObjectRow): number {
  const first = FIRST.indexOf(resource);
  return first >= 0 ? first : FIRST.length + 1 + LAST.indexOf(resource);
}

/** How many of each kind there are among the rows, in the order of the kinds. */
export function countKinds(rows: readonly ObjectRow[], kinds: readonly KindView[]): { kind: KindView; count: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.resource, (counts.get(row.resource) ?? 0) + 1);
  return kinds.map((kind) => ({ kind, count: counts.get(kind.resource) ?? 0 }));
}

export function namespacesOf(rows: readonly ObjectRow[]): string[] {
  return [...new Set(rows.map((row) => row.namespace).filter(Boolean))].sort();
}

export interface Branch {
  row: ObjectRow;
  /** It is the object that is looked at. */
  self: boolean;
  depth: number;
}

const DEEPEST = 12;

/** The owners of an object from the outermost down, then itself, then all that it owns. */
export function family(rows: readonly ObjectRow[], object: ObjectRow): Branch[] {
  const byUid = new Map(rows.map((row) => [row.uid, row]));
  const owned = new Map<string, ObjectRow[]>();
  for (const row of rows) if (row.owner_uid) owned.set(row.owner_uid, [...(owned.get(row.owner_uid) ?? []), row]);
  const chain = [object];
  for (let owner = byUid.get(object.owner_uid ?? ''); owner && chain.length < DEEPEST && !chain.includes(owner); owner = byUid.get(owner.owner_uid ?? '')) chain.unshift(owner);
  const found: Branch[] = chain.map((row, depth) => ({ row, self: row === object, depth }));
  const down = (row: ObjectRow, depth: number) => {
    if (depth > DEEPEST) return;
    const inner = (owned.get(row.uid) ?? []).sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1));
    for (const child of inner) {
      if (child === object) continue;
      found.push({ row: child, self: false, depth });
      down(child, depth + 1);
    }
  };
  down(object, chain.length);
  return found;
}
