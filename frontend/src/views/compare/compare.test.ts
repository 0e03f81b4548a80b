import { expect, it } from 'vitest';
import type { AnyRecord } from '../../wire';
import { compare, type Say } from './compare';

const say: Say = {
  host: (up) => (up ? 'up' : 'down'),
  component: (state) => state,
  raft: (role, term) => `${role} ${term}`,
  node: (ready) => ready,
  pod: (pod) => pod.status,
};
const record = (fields: object) => fields as unknown as AnyRecord;
const host = (name: string, up: boolean) => record({ type: 'host', id: `host/${name}`, name, up });
const pod = (uid: string, name: string, status: string) => record({ type: 'pod', id: `pod/${uid}`, uid, namespace: 'default', name, status });

it('puts what differs first, group by group, and knows Pods by their names', () => {
  const rows = compare(
    [host('a', true), host('b', true), pod('1', 'web-1', 'Running')],
    [host('a', true), host('b', false), pod('9', 'web-1', 'Pending'), pod('8', 'web-2', 'Pending')],
    say,
  );
  expect(rows.map((row) => [row.name, row.left, row.right, row.differs])).toEqual([
    ['b', 'up', 'down', true],
    ['a', 'up', 'up', false],
    ['default/web-1', 'Running', 'Pending', true],
    ['default/web-2', null, 'Pending', true],
  ]);
});

it('leaves out what changes by itself', () => {
  const lease = record({ type: 'object', id: 'object/leases/kube-system/x', resource: 'leases', summary: '1' });
  expect(compare([lease], [], say)).toEqual([]);
});
