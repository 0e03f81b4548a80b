/** A component in a few numbers, for its card inside a host. */
import { theatre } from '../../state/theatre.svelte';
import { secondsText } from '../../text/format';
import { t } from '../../text/index.svelte';
import type { ComponentRecord } from '../../wire';
import { Items } from './items';

type Facts = [label: string, value: string | number][];

const FACTS: Record<string, (record: ComponentRecord, items: Items) => Facts> = {
  'kube-apiserver': (record, items) => [
    [t('inspect.requests'), record.requests],
    [t('inside.watches'), items.parts('watch-cache').reduce((sum, kind) => sum + kind.watching, 0)],
    [t('inside.cached'), items.parts('watch-cache').reduce((sum, kind) => sum + kind.objects, 0)],
  ],
  etcd: (record, items) => {
    const raft = theatre.table('raft').get(`raft/${record.id}`);
    return [
      [t('inside.raft'), raft ? `${t(`raft.${raft.role}`)} · ${t('raft.term', { term: raft.term })}` : '–'],
      [t('raft.commit'), raft?.commit ?? '–'],
      [t('inside.keys'), items.one('store')?.keys ?? 0],
    ];
  },
  'kube-scheduler': (record) => {
    const queue = theatre.table('queue').get(`queue/${record.id}`);
    if (!record.leader || !queue) return [];
    return [
      [t('sched.active'), queue.counts[0] ?? 0],
      [t('sched.backoff'), queue.counts[1] ?? 0],
      [t('sched.unschedulable'), queue.counts[2] ?? 0],
    ];
  },
  'kube-controller-manager': (record, items) => {
    const loops = items.parts('controller');
    if (!record.leader) return [];
    return [
      [t('inside.loops'), loops.length],
      [t('inside.inQueue'), loops.reduce((sum, loop) => sum + loop.waiting, 0)],
      [t('inside.inWork'), loops.reduce((sum, loop) => sum + loop.working.length, 0)],
    ];
  },
  kubelet: (record, items) => {
    const renewed = theatre.table('node').get(`node/${record.host}`)?.lease_renewed_ns ?? null;
    return [
      [t('inside.podWorkers'), items.parts('pod-worker').length],
      [t('node.lease'), renewed === null ? '–' : t('node.ago', { time: secondsText(theatre.second * 1e9 - renewed) })],
    ];
  },
  containerd: (_, items) => {
    const sandboxes = items.parts('sandbox');
    const running = sandboxes.reduce((sum, sandbox) => sum + sandbox.containers.filter((container) => container.state === 'running').length, 0);
    return [
      [t('inside.sandboxes'), sandboxes.length],
      [t('inside.runningContainers'), running],
      [t('inside.images'), items.parts('image').length],
    ];
  },
  'kube-proxy': (_, items) => [
    [t('inside.services'), items.parts('service-rules').length],
    [t('inside.ruleCount'), items.one('proxy')?.rules ?? 0],
  ],
};

export function factsOf(record: ComponentRecord): Facts {
  const make = FACTS[record.name];
  return make ? make(record, new Items(theatre.table('interior').values(), record.id)) : [];
}
