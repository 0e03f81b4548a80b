/**
 * What is drawn inside each kind of component, by the name of its process. A new one is a file here and a line below; what a
 * component says of itself is a file in theatre/projections/interiors. All of this is loaded when a card is first opened.
 */
import type { Component } from 'svelte';
import ApiServerInside from './ApiServerInside.svelte';
import BalancerInside from './BalancerInside.svelte';
import ContainerdInside from './ContainerdInside.svelte';
import ControllersInside from './ControllersInside.svelte';
import EtcdInside from './EtcdInside.svelte';
import KubeletInside from './KubeletInside.svelte';
import PlainInside from './PlainInside.svelte';
import ProxyInside from './ProxyInside.svelte';
import SchedulerInside from './SchedulerInside.svelte';

const INSIDES: Record<string, Component<{ id: string }>> = {
  'kube-apiserver': ApiServerInside,
  etcd: EtcdInside,
  'kube-scheduler': SchedulerInside,
  'kube-controller-manager': ControllersInside,
  kubelet: KubeletInside,
  'kube-proxy': ProxyInside,
  containerd: ContainerdInside,
  'load-balancer': BalancerInside,
};

export function insideOf(process: string): Component<{ id: string }> {
  return INSIDES[process] ?? PlainInside;
}
