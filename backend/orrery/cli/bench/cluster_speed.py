"""The default cluster idling on leases, heartbeats and probes: what its trace costs, and how fast it runs."""

from collections.abc import Callable
from dataclasses import dataclass

from orrery.cli.bench.measure import Row, in_turns, seconds
from orrery.cluster import build, default_config
from orrery.kernel import Kernel
from orrery.kernel.units import SECOND

WINDOW_S = 60  # virtual seconds of one measurement
TRACED_TARGET = 0.85
IDLE_TARGET = 300


@dataclass(frozen=True, slots=True)
class ClusterSpeed:
    """Speeds with the trace over the speed without; virtual seconds over seconds, with trace and digest."""

    traced: Row
    digested: Row
    idle: Row


def measure(repetitions: int, done: Callable[[], object]) -> ClusterSpeed:
    """All sides are windows of one run, in turns, so that they find the same cluster."""
    kernel = Kernel(seed=1)
    build(kernel, default_config()).boot()
    kernel.run_for(WINDOW_S * SECOND)

    def window(*, enabled: bool, hashing: bool) -> float:
        kernel.trace.enabled = enabled
        kernel.trace.hashing = hashing
        return seconds(lambda: kernel.run_for(WINDOW_S * SECOND))

    digested_s, traced_s, untraced_s = in_turns(
        [
            lambda: window(enabled=True, hashing=True),
            lambda: window(enabled=True, hashing=False),
            lambda: window(enabled=False, hashing=False),
        ],
        repetitions,
        done,
    )
    digested, traced, untraced = WINDOW_S / digested_s, WINDOW_S / traced_s, WINDOW_S / untraced_s
    return ClusterSpeed(
        traced=Row("events made and handed on", "virtual s/s", traced, untraced, TRACED_TARGET),
        digested=Row("and encoded for the digest", "virtual s/s", digested, untraced),
        idle=Row("virtual seconds a second", "s", digested, 1, IDLE_TARGET),
    )
