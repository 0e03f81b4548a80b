/** The lecture's commands, as it writes them, and a few more. `on` says on which kind of host they belong; without it any
 * will do. */
import { sorted } from '../../state/theatre.svelte';
import type { TextKey } from '../../text/index.svelte';

export interface Lesson {
  id: string;
  line: string;
  text: TextKey;
  on?: 'control-plane' | 'worker';
}

/** What is to be typed on a host so that the lesson runs where it belongs. */
export function linesOf(lesson: Lesson, host: string): string[] {
  const hosts = sorted('host').filter((record) => record.role === lesson.on);
  const there = hosts.some((record) => record.name === host);
  const first = hosts.sort((a, b) => a.order - b.order)[0];
  return !lesson.on || there || !first ? [lesson.line] : [`ssh ${first.name}`, lesson.line];
}

const ETCD = '--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key';

export const LESSONS: readonly Lesson[] = [
  { id: 'CMD-01', line: 'kubectl get nodes -o wide', text: 'terminal.cmd01' },
  { id: 'CMD-02', line: 'kubectl get pods -n kube-system', text: 'terminal.cmd02' },
  { id: 'CMD-03', line: `kubectl exec -n kube-system etcd-cp-1 -- etcdctl ${ETCD} endpoint health`, text: 'terminal.cmd03' },
  { id: 'CMD-04', line: "kubectl get --raw='/healthz'", text: 'terminal.cmd04' },
  { id: 'CMD-05', line: 'kubectl get endpoints kube-scheduler -n kube-system -o yaml', text: 'terminal.cmd05' },
  { id: 'CMD-06', line: 'tail -f /var/log/audit.log | grep "Pod"', text: 'terminal.cmd06', on: 'control-plane' },
  { id: 'CMD-07', line: 'journalctl -u kubelet -f', text: 'terminal.cmd07', on: 'worker' },
  { id: 'CMD-08', line: 'tcpdump -i any port 6443 -n', text: 'terminal.cmd08', on: 'control-plane' },
  { id: 'CMD-09', line: 'etcdctl watch --prefix /registry/pods/', text: 'terminal.cmd09', on: 'control-plane' },
];

export const MORE: readonly Lesson[] = [
  { id: 'apply', line: 'kubectl apply -f web.yaml', text: 'terminal.more.apply' },
  { id: 'watch', line: 'kubectl get pods -w', text: 'terminal.more.watch' },
  { id: 'status', line: 'etcdctl endpoint status --cluster -w table', text: 'terminal.more.status', on: 'control-plane' },
  { id: 'keys', line: 'etcdctl get / --prefix --keys-only', text: 'terminal.more.keys', on: 'control-plane' },
  { id: 'files', line: 'ls -l /var/lib/etcd/member/wal', text: 'terminal.more.files', on: 'control-plane' },
  { id: 'lease', line: 'kubectl get lease kube-scheduler -n kube-system -o yaml', text: 'terminal.more.lease' },
  { id: 'crictl', line: 'crictl ps', text: 'terminal.more.crictl', on: 'worker' },
  { id: 'help', line: 'help', text: 'terminal.more.help' },
];
