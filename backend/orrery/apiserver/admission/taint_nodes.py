"""TaintNodesByCondition: a new node takes no Pods until the node lifecycle controller has seen it ready."""

from __future__ import annotations

from orrery.apiserver.admission.plugin import CREATE, Plugin, Write
from orrery.machinery.objects import put

TAINT = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


async def _admit(write: Write) -> None:
    taints = list((write.obj.get("spec") or {}).get("taints") or ())
    if not any(taint.get("key") == TAINT["key"] and taint.get("effect") == TAINT["effect"] for taint in taints):
        write.new = put(write.obj, "spec", "taints", value=[*taints, TAINT])


PLUGIN = Plugin("TaintNodesByCondition", lambda operation, what: (operation, what) == (CREATE, "nodes"), admit=_admit)
