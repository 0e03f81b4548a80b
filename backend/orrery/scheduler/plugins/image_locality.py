"""ImageLocality: rather a node that has the images already.

For each container the size of its image counts, times the share of nodes that hold it (so that one node with a rare
image does not draw every Pod). The sum is scaled from 23 MB (0) to 1000 MB a container (100).
Source: kube-scheduler ``plugins/imagelocality``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orrery.scheduler.framework import MAX_NODE_SCORE, ScorePlugin, Scorer, Status
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot

_MB = 1024 * 1024
MIN_BYTES = 23 * _MB
MAX_BYTES_PER_CONTAINER = 1000 * _MB


def normalized_image_name(name: str) -> str:
    """The image name with its tag: ``:latest`` where none is given. The colon of a registry's port is not a tag."""
    return name if name.rfind(":") > name.rfind("/") else name + ":latest"


class _Scorer(Scorer):
    __slots__ = ("all_nodes", "ceiling", "image_nodes", "images")

    def __init__(self, images: list[str], image_nodes: Mapping[str, int], all_nodes: int) -> None:
        self.images = images
        self.image_nodes = image_nodes
        self.all_nodes = all_nodes
        self.ceiling = MAX_BYTES_PER_CONTAINER * len(images)

    def score(self, node: NodeInfo) -> int:
        present = node.images
        total = 0
        for image in self.images:
            if image in present:
                total += int(present[image] * (self.image_nodes.get(image, 0) / self.all_nodes))
        total = min(max(total, MIN_BYTES), self.ceiling)
        return MAX_NODE_SCORE * (total - MIN_BYTES) // (self.ceiling - MIN_BYTES)


class ImageLocality(ScorePlugin):
    """Prefers nodes that need to pull less."""

    name = "ImageLocality"
    weight = 1
    points = ("Score",)

    def pre_score(self, pod: PodInfo, snapshot: Snapshot, feasible: Sequence[NodeInfo]) -> Scorer | Status:
        containers = (pod.spec.get("initContainers") or []) + (pod.spec.get("containers") or [])
        images = [normalized_image_name(container.get("image") or "") for container in containers]
        return _Scorer(images, snapshot.image_nodes, len(snapshot.nodes)) if images else _NO_IMAGES


class _NoImages(Scorer):
    def score(self, node: NodeInfo) -> int:
        return 0


_NO_IMAGES = _NoImages()
