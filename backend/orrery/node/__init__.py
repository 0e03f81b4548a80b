"""What runs on a worker: the kubelet, the container runtime, kube-proxy; and the registry that images come from.

====================  =====================================================================================
module                what it is
====================  =====================================================================================
``containerd``        the container runtime: sandboxes, images and containers behind CRI; CNI on its host
``registry``          the image registry, outside the cluster
``images``            image references, what each well-known image is, and what is made of unknown ones
``behaviour``         what a container does once started: a pure function of its image and its command
``cri``               the words that kubelet and runtime exchange
``kubelet``           the node's agent: registers it, runs its Pods, reports both
``proxy``             kube-proxy: Services and EndpointSlices in, rules out
``events``            what all of these tell the trace
====================  =====================================================================================

Rules
- Kubelet and runtime meet over CRI calls alone; both may die and come back while containers live on, for these
  belong to the machine (``containerd.machine``) and end with it.
- What is decided is decided by pure functions: which containers to start or kill (``kubelet.actions``), what a Pod's
  status says (``kubelet.status``), which chains a Service gets (``proxy.rules``).
- Names, messages and timings are Kubernetes' own.

What may not be here: etcd, other nodes, the scheduler, the controllers. All of that is behind the API server.
"""

from orrery.node.containerd import Containerd, Machine
from orrery.node.kubelet import Kubelet, KubeletConfig, StaticKubelet, StaticPod
from orrery.node.proxy import KubeProxy
from orrery.node.registry import Registry, RegistryConfig

__all__ = [
    "Containerd", "KubeProxy", "Kubelet", "KubeletConfig", "Machine", "Registry", "RegistryConfig", "StaticKubelet",
    "StaticPod",
]
