import { expect, it } from 'vitest';
import { branches, objectOf } from './keyspace';

it('the fullest prefixes come first, with their namespaces', () => {
  const tree = branches([
    { kind: 'keys', prefix: '/registry/minions', counts: { '': 4 } },
    { kind: 'keys', prefix: '/registry/pods', counts: { default: 3, web: 9 } },
  ]);
  expect(tree.map(({ name, total }) => [name, total])).toEqual([
    ['pods', 12],
    ['minions', 4],
  ]);
  expect(tree[0]!.leaves).toEqual([
    { namespace: 'default', count: 3 },
    { namespace: 'web', count: 9 },
  ]);
  expect(tree[1]!.leaves).toEqual([]);
});

it('a key is the object that it stands for', () => {
  expect(objectOf('/registry/pods/default/web-1')).toEqual({ resource: 'pods', namespace: 'default', name: 'web-1' });
  expect(objectOf('/registry/minions/worker-1')).toEqual({ resource: 'nodes', namespace: '', name: 'worker-1' });
  expect(objectOf('/registry/services/specs/default/web')).toEqual({ resource: 'services', namespace: 'default', name: 'web' });
  expect(objectOf('compact_rev_key')).toBeNull();
});
