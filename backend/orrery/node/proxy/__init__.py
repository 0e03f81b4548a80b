"""kube-proxy: makes Services real on one node.

``rules`` turns Services and EndpointSlices into the chains of iptables mode and walks them (pure functions); ``proxy``
is the process that follows both kinds and writes the rules at most once a second.
"""

from orrery.node.proxy.proxy import KubeProxy
from orrery.node.proxy.rules import Endpoint, RuleTable, build_rules, route

__all__ = ["Endpoint", "KubeProxy", "RuleTable", "build_rules", "route"]
