import { describe, expect, it } from 'vitest';
import { en } from '../text/en';
import type { Protocol } from '../wire';
import { hopOf } from './hops';

const said = (protocol: Protocol, label: string, source: string, target: string) => {
  const hop = hopOf({ protocol, label }, { source, target });
  return [hop.key, hop.object, hop.answer];
};

describe('what a message does', () => {
  it.each<[Protocol, string, string, string, ...(string | null)[]]>([
    ['api', 'POST deployments web', 'kubectl', 'load-balancer', 'hop.ask.create', 'deployments/web', null],
    ['api', 'GET deployments/web', 'kubectl', 'load-balancer', 'hop.ask.get', 'deployments/web', null],
    ['api', 'POST deployments web', 'load-balancer', 'kube-apiserver', 'hop.lb', 'POST deployments web', null],
    ['api', 'POST pods/web-1/binding', 'kube-scheduler', 'kube-apiserver', 'hop.ask.bind', 'web-1', null],
    ['api', 'PATCH pods/web-1/status', 'kubelet', 'load-balancer', 'hop.ask.status', 'pods/web-1', null],
    ['api', 'PATCH deployments/web/scale', 'kubectl', 'load-balancer', 'hop.ask.scale', 'deployments/web', null],
    ['api', 'WATCH nodes', 'kubelet', 'load-balancer', 'hop.ask.watch', 'nodes', null],
    ['api', '201 web', 'kube-apiserver', 'kube-scheduler', 'hop.answer', 'web', 'answer.201'],
    ['api', '503', 'load-balancer', 'kubectl', 'hop.answer.client', '', 'answer.5xx'],
    ['watch', 'ADDED web-1', 'kube-apiserver', 'kube-scheduler', 'hop.watch', 'web-1', 'change.ADDED'],
    ['watch', 'DELETED web-1', 'load-balancer', 'kubelet', 'hop.watch.lb', 'web-1', 'change.DELETED'],
    ['etcd', 'Txn web', 'kube-apiserver', 'etcd', 'hop.etcd.store', 'web', null],
    ['etcd', 'Txn', 'etcd', 'kube-apiserver', 'hop.etcd.stored', '', null],
    ['etcd', 'PUT web', 'etcd', 'kube-apiserver', 'hop.etcd.changed', 'web', 'change.PUT'],
    ['etcd', 'LeaseGrant', 'kube-apiserver', 'etcd', 'hop.etcd', 'LeaseGrant', null],
    ['raft', 'AppendEntries 41–42', 'etcd', 'etcd', 'raft.AppendEntries', '41–42', null],
    ['raft', 'AppendEntries', 'etcd', 'etcd', 'raft.AppendEntries.empty', '', null],
    ['raft', 'AppendReply 41 refused', 'etcd', 'etcd', 'raft.AppendReply.refused', '41', null],
    ['raft', 'RequestVote term 3', 'etcd', 'etcd', 'raft.RequestVote', '3', null],
    ['raft', 'VoteReply granted', 'etcd', 'etcd', 'raft.VoteReply', '', null],
    ['cri', 'PullImage nginx:1.27', 'kubelet', 'containerd', 'cri.PullImage', 'nginx:1.27', null],
    ['cri', 'PullImage', 'containerd', 'kubelet', 'hop.cri.done', 'PullImage', null],
    ['cri', 'CONTAINER_STARTED_EVENT', 'containerd', 'kubelet', 'hop.cri.event', '', 'cri.started'],
    ['image', 'GET /v2/library/nginx/blobs/sha256:12', 'containerd', 'registry', 'hop.image.layer', 'library/nginx', null],
    ['image', '327680 bytes', 'registry', 'containerd', 'hop.image.bytes', '327680 bytes', null],
  ])('%s "%s" from %s to %s', (protocol, label, source, target, ...expected) => {
    expect(said(protocol, label, source, target)).toEqual(expected);
  });

  it('has a sentence for whatever it does not know', () => {
    for (const protocol of ['api', 'etcd', 'raft', 'cri', 'cni', 'image', 'traffic', 'probe', 'tcp', 'watch'] as Protocol[]) {
      expect(Object.keys(en)).toContain(hopOf({ protocol, label: 'Unheard of' }, { source: 'a', target: 'b' }).key);
    }
  });
});
