"""The kube-scheduler: for every Pod without a node, the best node there is, with all the reasons.

    events from the watch                       bindings, Events, conditions
            |                                               ^
         intake ----> cache ----> snapshot --+              |
            |                                +--> cycle --> component
            +-------> queue ----> next Pod --+

- ``framework``: what a plugin is; ``plugins/``: one file each and one line in its registry.
- ``cycle``: ``schedule(pod, snapshot, framework, chance) -> Decision``, a pure function; ``scoring`` its second half.
- ``cache``, ``nodeinfo``: nodes with what is asked of them; immutable, with generations; assumed Pods.
- ``queue``: active, back-off and unschedulable Pods; woken by the events that plugins ask for (``changes``).
- ``intake``: what each watch event means to the two.
- ``diagnosis``, ``remedies``: what would help a Pod that was refused, from the plugins that refused it; ``describe``:
  what a Pod asks for, in words.
- ``component``: the process; ``config``: what can be set on it; ``events``: what it tells the trace.

Rules: everything but ``component`` is plain code without a clock: ``now`` is a parameter. Formulas, weights and
messages are Kubernetes' own (v1.37; NodeResourcesBalancedAllocation by default as until v1.35, see there); each file
names its source. A Pod is refused only by a plugin, and every refusal
keeps its plugin, code and reasons up to the screen. The one draw of chance, between nodes with equal totals, comes
from a stream of the run's seed.

What may not be here: knowledge of who runs the Pods, of etcd, of the network; state that a plugin keeps between cycles.
"""

from orrery.scheduler.component import Scheduler
from orrery.scheduler.config import SchedulerConfig
from orrery.scheduler.cycle import schedule
from orrery.scheduler.decision import Decision, FilterVerdict, NodeVerdict, PluginScore
from orrery.scheduler.events import QueueChanged, SchedulingDecision
from orrery.scheduler.framework import Framework
from orrery.scheduler.plugins import default_framework

__all__ = [
    "Decision",
    "FilterVerdict",
    "Framework",
    "NodeVerdict",
    "PluginScore",
    "QueueChanged",
    "Scheduler",
    "SchedulerConfig",
    "SchedulingDecision",
    "default_framework",
    "schedule",
]
