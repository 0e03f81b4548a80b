"""Chaos: faults drawn from a seed, mended again, a part of the run."""

import pytest

from orrery.cluster import default_config
from orrery.kernel import MINUTE, SECOND, FlowStarted, Kernel, ProcessExited
from orrery.theatre.production import Production


class Storm:
    """A production with chaos in it, and what was broken and mended when."""

    def __init__(self, seed: int = 5, *, wild: bool = False) -> None:
        self.production = Production(11, default_config())
        self.faults: list[tuple[int, str]] = []
        self.bugs: list[str] = []
        self.etcd_least = 3
        self.kernel.trace.subscribe(self._look)
        self.production.acts.chaos(on=True, seed=seed, wild=wild)

    @property
    def kernel(self) -> Kernel:
        return self.production.kernel

    def _look(self, event: object) -> None:
        if isinstance(event, FlowStarted) and event.kind == "fault":
            self.faults.append((event.time_ns, event.title))
        if isinstance(event, ProcessExited):
            etcd = [host.processes["etcd"].state for host in self.kernel.hosts.values() if "etcd" in host.processes]
            self.etcd_least = min(self.etcd_least, etcd.count("running"))


def test_the_same_seed_breaks_the_same_things_at_the_same_instants() -> None:
    storms = [Storm(), Storm()]
    for storm in storms:
        storm.kernel.run_for(2 * MINUTE)
    assert storms[0].faults == storms[1].faults and len(storms[0].faults) > 10
    assert storms[0].kernel.trace.digest() == storms[1].kernel.trace.digest()
    other = Storm(seed=6)
    other.kernel.run_for(2 * MINUTE)
    assert other.faults != storms[0].faults


def test_many_kinds_of_fault_come_and_each_is_mended() -> None:
    storm = Storm()
    storm.kernel.run_for(4 * MINUTE)
    kinds = [title.partition(" ")[0] for _, title in storm.faults]
    assert len(set(kinds)) > 8
    storm.production.acts.chaos(on=False, seed=0, wild=False)
    storm.kernel.run_for(SECOND)
    for host in storm.kernel.hosts.values():
        assert host.up and not host.clock_skew_ns and not host.disk.slow_ns
        assert all(process.state == "running" for process in host.processes.values() if process.alive)
    assert all(link.healthy for link in storm.kernel.network.links())
    before = len(storm.faults)
    storm.kernel.run_for(MINUTE)
    assert len(storm.faults) == before, "nothing more comes"


def test_gentle_chaos_leaves_etcd_its_majority() -> None:
    storm = Storm(seed=9)
    storm.kernel.run_for(5 * MINUTE)
    assert storm.etcd_least >= 2


def test_wild_chaos_does_not() -> None:
    least = []
    for seed in range(4):
        storm = Storm(seed=seed, wild=True)
        storm.kernel.run_for(3 * MINUTE)
        least.append(storm.etcd_least)
    assert min(least) < 2


@pytest.mark.parametrize("again", [True, False])
def test_it_is_shown_while_it_lasts(again: bool) -> None:
    storm = Storm()
    storm.kernel.run_for(30 * SECOND)
    stage = storm.production.stage
    stage.settle()
    assert stage.records["chaos"].model_dump()["faults"] > 0
    storm.production.acts.chaos(on=again, seed=2, wild=True)
    stage.settle()
    assert ("chaos" in stage.records) is again
    storm.kernel.run_for(SECOND)
