"""A production: one cluster that has booted, its stage, and the acts that may be done to it.

What a room shows to an audience, what scenes play on, and what runs without anybody looking are all productions.
"""

from collections.abc import Callable
from typing import Any

from orrery.cluster import Cluster, ClusterConfig, build
from orrery.kernel import DEFAULT_EPOCH_S, Kernel
from orrery.theatre.acts import Acts
from orrery.theatre.chaos import Chaos
from orrery.theatre.projections import Projections
from orrery.theatre.stage import Stage
from orrery.theatre.terminal import Terminal

CLIENT = "client/kubectl"


class Production:
    """A pure function of seed, configuration, epoch, and the acts taken. Boots at once. `on_line` is given the trace
    from its first line on."""

    def __init__(
        self, seed: int, config: ClusterConfig, *, epoch_s: int = DEFAULT_EPOCH_S,
        on_line: Callable[[bytes], object] | None = None,
    ) -> None:
        self.seed = seed
        self.config = config
        self.kernel = Kernel(seed, epoch_s=epoch_s)
        if on_line is not None:
            self.kernel.trace.subscribe_lines(on_line)
        self.cluster: Cluster = build(self.kernel, config)
        self.stage = Stage()
        self.projections = Projections(self.stage, self.cluster)
        self.terminal = Terminal(self.kernel, config)
        self.cluster.boot()
        chaos = Chaos(self.kernel, self.stage)
        self.acts = Acts(self.kernel, self.kernel.process(CLIENT), self.cluster.api_address, chaos)
        self.notes: dict[str, Any] = {}
        self.projections.begin()
