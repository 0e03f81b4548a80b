/** Topologies for tests. */
import type { ComponentRecord, HostRecord } from '../wire';

export interface Topology {
  hosts: HostRecord[];
  components: ComponentRecord[];
}

export function topology(control: number, workers: number, external = 0): Topology {
  const hosts: HostRecord[] = [];
  const components: ComponentRecord[] = [];
  const add = (name: string, role: HostRecord['role'], order: number, processes: string[]) => {
    hosts.push({ type: 'host', id: `host/${name}`, name, ip: '10.0.0.1', role, up: true, clock_skew_ns: 0, disk_slow_ns: 0, disk_full: false, order });
    for (const process of processes) {
      components.push({
        type: 'component', id: `${name}/${process}`, host: name, name: process, state: 'running', restarts: 0, leader: null,
        since_ns: 0, reason: '', requests: 0,
      });
    }
  };
  add('client', 'client', 0, ['kubectl']);
  add('lb', 'load-balancer', 0, ['load-balancer']);
  add('registry', 'outside', 0, ['registry']);
  for (let i = 1; i <= external; i += 1) add(`etcd-${i}`, 'etcd', i, ['etcd']);
  for (let i = 1; i <= control; i += 1) {
    const processes = ['kube-apiserver', 'kube-scheduler', 'kube-controller-manager'];
    add(`cp-${i}`, 'control-plane', i, external ? processes : [...processes, 'etcd']);
  }
  for (let i = 1; i <= workers; i += 1) add(`worker-${i}`, 'worker', i, ['kubelet', 'kube-proxy', 'containerd']);
  return { hosts, components };
}
