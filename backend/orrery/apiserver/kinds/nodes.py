"""Nodes: a kubelet registers its node together with a first status."""

from __future__ import annotations

from orrery.apiserver.kinds.strategy import Strategy
from orrery.machinery.objects import Document
from orrery.machinery.resources import NODES


class NodeStrategy(Strategy):
    """Nodes."""

    def initial_status(self, obj: Document) -> Document:
        return obj if "spec" in obj and "status" in obj else {"spec": {}, "status": {}} | obj


STRATEGY = NodeStrategy(NODES)
