"""Priority: the number that stands for a Pod's priority class. Only the two classes of the system exist so far."""

from __future__ import annotations

from orrery.apiserver.admission.plugin import CREATE, Plugin, Write
from orrery.machinery.objects import put
from orrery.machinery.resources import PODS
from orrery.machinery.wire import StatusError

CLASSES = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


async def _admit(write: Write) -> None:
    pod = write.obj
    spec = pod.get("spec") or {}
    name = (pod.get("metadata") or {}).get("name", "")
    wanted = spec.get("priorityClassName") or ""
    if wanted not in CLASSES:
        raise StatusError.forbidden(PODS, name, f"no PriorityClass with name {wanted} was found")
    value = CLASSES[wanted]
    if spec.get("priority") not in (None, value):
        why = (
            f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
            f"priority admission controller computed {value} from the given PriorityClass name"
        )
        raise StatusError.forbidden(PODS, name, why)
    policy = spec.get("preemptionPolicy") or "PreemptLowerPriority"
    write.new = put(pod, "spec", value={**spec, "priority": value, "preemptionPolicy": policy})


PLUGIN = Plugin("Priority", lambda operation, what: (operation, what) == (CREATE, "pods"), admit=_admit)
