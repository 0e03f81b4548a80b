/** A Pod's creation in little, as the server tells it: a write with its replication, a watch, a decision, a pull. */
import type { SequenceReply, SequenceStep } from '../../wire';

const MS = 1_000_000;
const API = 'cp-1/kube-apiserver';
const ETCD = ['cp-1/etcd', 'cp-2/etcd', 'cp-3/etcd'] as const;
const SCHEDULER = 'cp-1/kube-scheduler';
const KUBELET = 'worker-10/kubelet';
const RUNTIME = 'worker-10/containerd';

type Part = SequenceStep['part'];

export function step(event: number, cause: number, ms: number, ends: readonly [string, string], protocol: SequenceStep['protocol'], part: Part, call: number, label: string, latencyMs = 0.5): SequenceStep {
  const act = part === 'act';
  const t = Math.round(ms * MS);
  return {
    event, cause, t_ns: t, arrives_ns: act ? t : t + Math.round(latencyMs * MS), source: ends[0], target: ends[1], protocol, part, call,
    message: act ? 0 : event + 1000, type: act ? 'SchedulingDecision' : 'MessageSent', label,
  };
}

export const opened: SequenceStep[] = [step(1, 0, 10, [SCHEDULER, API], 'api', 'stream', 50, 'WATCH pods')];

export const steps: SequenceStep[] = [
  step(10, 0, 1000, ['client/kubectl', 'lb/load-balancer'], 'api', 'request', 7, 'POST pods solo'),
  step(11, 10, 1000.6, ['lb/load-balancer', API], 'api', 'request', 7, 'POST pods solo'),
  step(12, 11, 1001.5, [API, API], null, 'act', 0, 'kubernetes-admin may create pods; end # of <it>'),
  step(13, 12, 1001.5, [API, ETCD[0]], 'etcd', 'request', 8, 'Txn solo', 0.02),
  step(14, 13, 1001.6, [ETCD[0], ETCD[1]], 'raft', 'datagram', 0, 'AppendEntries 80'),
  step(15, 13, 1001.6, [ETCD[0], ETCD[2]], 'raft', 'datagram', 0, 'AppendEntries 80'),
  step(16, 14, 1002.8, [ETCD[1], ETCD[0]], 'raft', 'datagram', 0, 'AppendReply'),
  step(17, 16, 1003.4, [ETCD[0], API], 'etcd', 'response', 8, 'Txn', 0.02),
  step(18, 16, 1003.4, [ETCD[0], ETCD[2]], 'raft', 'datagram', 0, 'AppendEntries'),
  step(19, 17, 1003.5, [API, 'lb/load-balancer'], 'api', 'response', 7, '201 solo'),
  step(20, 19, 1004.1, ['lb/load-balancer', 'client/kubectl'], 'api', 'response', 7, '201 solo'),
  step(21, 17, 1004.2, [API, SCHEDULER], 'watch', 'item', 50, 'ADDED solo', 0.03),
  step(22, 21, 1004.6, [SCHEDULER, SCHEDULER], null, 'act', 0, 'default/solo → worker-10'),
  step(23, 22, 1900, [KUBELET, RUNTIME], 'cri', 'request', 9, 'CreateContainer nginx:1.27', 0.02),
];

export const reply: SequenceReply = {
  flow: { type: 'flow', id: 'flow/9', flow: 9, kind: 'request', title: 'apply pods/solo', what: 'apply', arguments: { object: 'pods/solo' }, subject: 'pods/solo', started_ns: 1000 * MS, steps: 12, in_flight: 0, last_ns: 1900 * MS },
  whole: true, upto: 23, more: false, steps, opened, outcomes: [],
  pods: [{ pod: 'default/solo', steps: [{ number: 1, event: 10 }, { number: 2, event: 12 }, { number: 3, event: 13 }, { number: 4, event: 17 }, { number: 5, event: 20 }, { number: 6, event: 1 }, { number: 7, event: 21 }, { number: 8, event: 22 }] }],
};
