"""kube-controller-manager and its controllers.

A controller watches, compares what is wanted with what is, and acts until there is no difference.

manager             stands for election; the leader runs the controllers of `registry`
controller          what all share: informers, a queue of keys, workers, and a place to say what was done
deployment          rollouts; `deployment_plan` has the arithmetic, `deployment_status` the wording
replicaset          as many Pods as are wanted; `pods`: how one is made, and which goes first
ownership           how an object is adopted and released
own_writes          whether what was written has come back to the cache
node_lifecycle      nodes that fall silent; `node_taints`: what they bear for it, and how fast they are evicted from
node_ipam           which part of the Pod network each has
taint_eviction      Pods that do not tolerate that for longer
endpointslice, endpoints       what stands behind a Service
garbage_collector, pod_gc      what has lost its owner, or its node
namespace, serviceaccount      how a namespace ends, and what each has

Rules: a controller is one file and one line in `registry.py`. Controllers do not know each other; they meet in the API
server. What decides is a plain function of cached objects; what acts is `sync`. Caches are only read, and may be
behind: a write says which version it is based on, and a set that has just made Pods waits until it sees them. Where
there is nothing to change nothing is written.
"""

from orrery.controllers.config import ControllerManagerConfig
from orrery.controllers.controller import Controller, Informers
from orrery.controllers.events import Reconciled
from orrery.controllers.manager import ControllerManager

__all__ = ["Controller", "ControllerManager", "ControllerManagerConfig", "Informers", "Reconciled"]
