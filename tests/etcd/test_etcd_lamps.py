"""The lamps stay green through storms, and go red when a property breaks."""

from __future__ import annotations

import pytest
from etcd_cluster import Cluster
from test_etcd_faults import storm

from orrery.etcd.lamps import RaftLamps
from orrery.kernel import SECOND
from orrery.raft import Raft
from orrery.raft.checkers import ELECTION_SAFETY, PROPERTIES
from orrery.raft.leader import Leader


def replay(cluster: Cluster) -> RaftLamps:
    lamps = RaftLamps()
    for event in cluster.events:
        lamps.observe(event)
    return lamps


@pytest.mark.parametrize("seed", range(3))
def test_all_lamps_are_green_after_a_storm(seed: int) -> None:
    lamps = replay(storm(seed, 40)[0])
    assert lamps.lamps == dict.fromkeys(PROPERTIES, True), lamps.violations


def test_two_leaders_in_one_term_turn_a_lamp_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Raft, "is_free_to_vote", lambda self, message: True)
    monkeypatch.setattr(Raft, "draw_timeout", lambda self: SECOND)  # everybody stands at once
    cluster = Cluster()
    cluster.wait(5)
    lamps = replay(cluster)
    assert not lamps.lamps[ELECTION_SAFETY]
    assert "both elected in term" in lamps.violations[0].text


def test_a_leader_that_commits_alone_turns_a_lamp_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leader, "replicated_index", lambda self: self.node.durable_index)
    cluster = Cluster()
    leader = cluster.wait_for_leader()
    cluster.fault("partition", groups=[[leader], [host for host in cluster.hosts if host != leader]])
    cluster.run(cluster.new_client(leader).put(b"a", b"1"))
    cluster.wait(10)
    assert not all(replay(cluster).lamps.values())
