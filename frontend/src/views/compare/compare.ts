/** Two branches at one instant: what differs, in a line a thing. Pure. */
import type { AnyRecord, PodRecord } from '../../wire';

export const GROUPS = ['host', 'component', 'raft', 'node', 'pod', 'object'] as const;
export type Group = (typeof GROUPS)[number];

export interface Row {
  key: string;
  group: Group;
  name: string;
  left: string | null;
  right: string | null;
  differs: boolean;
}

/** What the words of a row are made of: the page says them in its language. */
export interface Say {
  host: (up: boolean) => string;
  component: (state: string, leader: boolean) => string;
  raft: (role: string, term: number) => string;
  node: (ready: string, pods: number) => string;
  pod: (pod: PodRecord) => string;
}

export function compare(left: Iterable<AnyRecord>, right: Iterable<AnyRecord>, say: Say): Row[] {
  const rows = new Map<string, Row>();
  const put = (records: Iterable<AnyRecord>, side: 'left' | 'right') => {
    for (const record of records) {
      const told = tell(record, say);
      if (!told) continue;
      const row = rows.get(told.key) ?? { ...told, left: null, right: null, differs: false };
      row[side] = told.text;
      rows.set(told.key, row);
    }
  };
  put(left, 'left');
  put(right, 'right');
  const all = [...rows.values()].map((row) => ({ ...row, differs: row.left !== row.right }));
  return all.sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) || Number(b.differs) - Number(a.differs) || (a.name < b.name ? -1 : 1));
}

function tell(record: AnyRecord, say: Say): { key: string; group: Group; name: string; text: string } | null {
  switch (record.type) {
    case 'host':
      return { key: record.id, group: 'host', name: record.name, text: say.host(record.up) };
    case 'component':
      return { key: record.id, group: 'component', name: record.id, text: say.component(record.state, record.leader === true) };
    case 'raft':
      return { key: record.id, group: 'raft', name: record.component, text: say.raft(record.role, record.term) };
    case 'node':
      return { key: record.id, group: 'node', name: record.name, text: say.node(record.ready, record.pods) };
    case 'pod':
      return { key: `pod/${record.namespace}/${record.name}`, group: 'pod', name: `${record.namespace}/${record.name}`, text: say.pod(record) };
    case 'object':
      if (record.resource === 'leases' || record.resource === 'events' || record.resource === 'nodes' || record.resource === 'pods') return null;
      return { key: record.id, group: 'object', name: record.id.replace(/^object\//, ''), text: record.summary };
    default:
      return null;
  }
}
