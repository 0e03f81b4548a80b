"""Random worlds: the safety properties hold in all of them, and peace brings agreement."""

from __future__ import annotations

import pytest
from raft_sim import HARSH, MILD, SECOND, Faults, Sim


def storm(seed: int, faults: Faults, *, members: int = 3, seconds: int = 10) -> Sim:
    sim = Sim(seed, members=members, faults=faults)
    sim.chaos(seconds * SECOND)
    return sim


@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize(("name", "faults", "members"), [("mild", MILD, 3), ("harsh", HARSH, 3), ("harsh5", HARSH, 5)])
def test_safety_holds_under_random_faults(name: str, faults: Faults, members: int, block: int) -> None:
    for seed in range(block * 4, block * 4 + 4):
        sim = storm(seed, faults, members=members)
        assert not sim.checkers.violations, f"seed {seed}, {name}: {sim.checkers.violations[0]}"
        assert not sim.stale_reads, f"seed {seed}, {name}: {sim.stale_reads[0]}"
        sim.peace()
        states = [[entry.data for entry in host.state] for host in sim.hosts.values()]
        assert states[0], f"seed {seed}, {name}: nothing was ever committed"
        assert all(state == states[0] for state in states), f"seed {seed}, {name}: states differ after peace"
        assert not sim.checkers.violations, f"seed {seed}, {name}: {sim.checkers.violations[0]}"


def test_the_storms_are_storms() -> None:
    """If elections, commits and reads did not happen, the test above would prove nothing."""
    sims = [storm(seed, HARSH) for seed in range(5)]
    assert sum(sim.elections for sim in sims) >= 20
    assert sum(sim.reads_done for sim in sims) >= 20
    assert sum(len(sim.hosts["n1"].state) for sim in sims) >= 100


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = storm(7, HARSH), storm(7, HARSH)
    assert [host.state for host in first.hosts.values()] == [host.state for host in second.hosts.values()]
    assert first.elections == second.elections
