/** etcd's keys as a tree: kinds below /registry, namespaces below a kind. */
import type { PartOf } from './items';

export interface Branch {
  prefix: string;
  /** The last part of the prefix. */
  name: string;
  total: number;
  leaves: { namespace: string; count: number }[];
}

export function branches(parts: readonly PartOf<'keys'>[]): Branch[] {
  return parts
    .map(({ prefix, counts }) => ({
      prefix,
      name: prefix.replace(/^\/registry\//, ''),
      total: Object.values(counts).reduce((sum, count) => sum + count, 0),
      leaves: Object.entries(counts)
        .filter(([namespace]) => namespace !== '')
        .map(([namespace, count]) => ({ namespace, count })),
    }))
    .sort((a, b) => b.total - a.total || (a.prefix < b.prefix ? -1 : 1));
}

const RESOURCES: Record<string, string> = { minions: 'nodes', 'services/specs': 'services', 'services/endpoints': 'endpoints' };

/** The object that a key stands for, as its record is named; null for what is none. */
export function objectOf(key: string): { resource: string; namespace: string; name: string } | null {
  const parts = key.replace(/^\/registry\//, '').split('/');
  if (!key.startsWith('/registry/') || parts.length < 2) return null;
  const head = parts[0] === 'services' && parts.length > 2 ? parts.splice(0, 2).join('/') : parts.shift()!;
  const name = parts.pop()!;
  return { resource: RESOURCES[head] ?? head, namespace: parts[0] ?? '', name };
}
