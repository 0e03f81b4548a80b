"""The default cluster idling on leases, heartbeats and probes: what its trace costs, and how much faster than life it
runs."""

from collections.abc import Callable

from orrery.cli.bench.measure import Row, in_turns, seconds
from orrery.cluster import build, default_config
from orrery.kernel import Kernel
from orrery.kernel.units import SECOND

WINDOW_S = 60  # virtual seconds of one measurement
TRACED_SPEED_TARGET = 0.85
IDLE_TARGET = 300


def measure(repetitions: int, done: Callable[[], object]) -> tuple[Row, Row]:
    """The speed with the trace over that without, and virtual seconds over wall seconds with it.

    Both sides are windows of one run, in turns, so that they find the same cluster.
    """
    kernel = Kernel(seed=1)
    build(kernel, default_config()).boot()
    kernel.run_for(WINDOW_S * SECOND)

    def window(*, traced: bool) -> float:
        kernel.trace.enabled = traced
        return seconds(lambda: kernel.run_for(WINDOW_S * SECOND))

    traced_s, untraced_s = in_turns([lambda: window(traced=True), lambda: window(traced=False)], repetitions, done)
    speed = WINDOW_S / traced_s
    return (
        Row("speed", "virtual s/s", speed, WINDOW_S / untraced_s, TRACED_SPEED_TARGET),
        Row("virtual seconds a wall second", "s", speed, 1, IDLE_TARGET),
    )
