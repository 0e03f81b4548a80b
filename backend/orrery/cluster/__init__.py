"""Topology: a configuration in, a standing cluster out.

==================  =================================================================================
module              what it does
==================  =================================================================================
``config``          what a cluster consists of; ``default_config``
``load``            reads it from a file: a kubeadm ``ClusterConfiguration``, our own ``Cluster``, or both
``kubeadm``         what kubeadm's document says
``document``        YAML that knows its lines, read strictly
``build``           puts hosts and processes into a kernel, each joined to the others as kubeadm does
``cluster``         the cluster that stands, and how it boots
``readiness``       whether it has booted
``loadbalancer``    the layer-4 proxy before the API servers
``events``          what the load balancer tells the trace
``examples/``       files to begin with: the lecture's cluster, and one of our own
==================  =================================================================================

    kernel = Kernel(seed=1)
    cluster = build(kernel, default_config())
    cluster.boot()

What may not be here: what components do. Building a cluster gives each its process, its disk and its peers' addresses.
"""

from orrery.cluster.build import build
from orrery.cluster.cluster import BootFailure, Cluster
from orrery.cluster.config import ClusterConfig, default_config
from orrery.cluster.document import ConfigError
from orrery.cluster.load import EXAMPLES, load, parse

__all__ = [
    "EXAMPLES", "BootFailure", "Cluster", "ClusterConfig", "ConfigError", "build", "default_config", "load", "parse",
]  # fmt: skip
