/** A decision over four nodes, two of them refused, for tests. */
import type { DecisionRecord } from '../../wire';

export function aDecision(more: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    type: 'decision',
    id: 'decision/9',
    event: 9,
    flow: 3,
    began_ns: 0,
    time_ns: 1,
    scheduler: 'cp-1/kube-scheduler',
    pod: 'default/web',
    pod_uid: 'u',
    attempt: 1,
    priority: 0,
    requests: [],
    constraints: [],
    selected: 'worker-3',
    failed: false,
    tied: ['worker-1', 'worker-3'],
    message: 'Successfully assigned default/web to worker-3',
    all_nodes: 4,
    evaluated: 4,
    feasible: 2,
    filters: [
      { plugin: 'NodeUnschedulable', skipped: false },
      { plugin: 'TaintToleration', skipped: false },
      { plugin: 'NodeAffinity', skipped: true },
    ],
    scorers: [
      { plugin: 'TaintToleration', weight: 3, skipped: false },
      { plugin: 'NodeAffinity', weight: 2, skipped: true },
      { plugin: 'NodeResourcesFit', weight: 1, skipped: false },
    ],
    refusals: [{ plugin: 'TaintToleration', code: 'UnschedulableAndUnresolvable', reasons: ['node(s) had untolerated taint(s)'] }],
    remedies: [{ plugin: 'TaintToleration', kind: 'tolerate', arguments: { taint: 'key=value:NoSchedule' } }],
    nodes: [
      { node: 'worker-1', refusal: null, remedies: [], raw: [0, 70], normalized: [100, 70], weighted: [300, 70], total: 370 },
      { node: 'worker-2', refusal: 0, remedies: [0], raw: [], normalized: [], weighted: [], total: null },
      { node: 'worker-3', refusal: null, remedies: [], raw: [0, 70], normalized: [100, 70], weighted: [300, 70], total: 370 },
      { node: 'worker-10', refusal: 0, remedies: [0], raw: [], normalized: [], weighted: [], total: null },
    ],
    refused_by: [],
    way_in: null,
    victims: [],
    ...more,
  };
}
