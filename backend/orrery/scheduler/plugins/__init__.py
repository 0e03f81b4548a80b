"""The plugins: one file each, and one line each in ``PLUGINS``.

The order is that of Kubernetes' default profile (``apis/config/v1/default_plugins.go``): filters run in it and the
first refusal of a node ends its turn. Each class carries its default weight.

To add one: write ``plugins/<name>.py`` with a class that is a FilterPlugin, a ScorePlugin or both, give it the name
that Kubernetes gives it, and add its class here.
"""

from __future__ import annotations

from orrery.scheduler.framework import Framework, Plugin
from orrery.scheduler.plugins.image_locality import ImageLocality
from orrery.scheduler.plugins.node_affinity import NodeAffinity
from orrery.scheduler.plugins.node_name import NodeName
from orrery.scheduler.plugins.node_resources_balanced_allocation import NodeResourcesBalancedAllocation
from orrery.scheduler.plugins.node_resources_fit import NodeResourcesFit
from orrery.scheduler.plugins.node_unschedulable import NodeUnschedulable
from orrery.scheduler.plugins.taint_toleration import TaintToleration

PLUGINS: tuple[type[Plugin], ...] = (
    NodeUnschedulable,
    NodeName,
    TaintToleration,
    NodeAffinity,
    NodeResourcesFit,
    NodeResourcesBalancedAllocation,
    ImageLocality,
)


def default_framework() -> Framework:
    """The default profile: every plugin with its default arguments and weight."""
    return Framework([plugin() for plugin in PLUGINS])
