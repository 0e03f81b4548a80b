"""Sentences of the Raft paper (extended version) and of the thesis, each with a transcript that shows it."""

from __future__ import annotations

from raft_lab import Lab

from orrery.raft import Append, Entry, Snapshot, VoteRequest

SECOND = 1_000_000_000


# ------------------------------------------------------------------------------------- elections


def test_a_member_that_hears_nobody_is_elected_by_a_majority() -> None:
    """ "If a follower receives no communication over a period of time called the election timeout, then it assumes
    there is no viable leader and begins an election to choose a new leader" (5.2)."""
    lab = Lab()
    lab.drop()
    start = len(lab.transcript)
    lab.timeout("n1")
    lab.deliver("n1", "n2")
    lab.deliver("n2", "n1")
    lab.deliver("n1", "n2")
    lab.deliver("n2", "n1")
    yes = "its log is at least as up-to-date as mine"
    assert lab.transcript[start:] == [
        "n1 is pre-candidate of 0",
        "n1 -> n2 PreVote 1, log 0 of 0",
        "n1 -> n3 PreVote 1, log 0 of 0",
        "n1 counts 1 for, 0 against, of 2: pending",
        f"n2 grants n1 pre-vote 1: {yes}",
        "n2 -> n1 PreBallot 1 yes",
        "n1 counts 2 for, 0 against, of 2: won",
        "n1 is candidate of 1",
        "n1 writes term 1 vote n1",
        "n1 -> n2 Vote 1, log 0 of 0",
        "n1 -> n3 Vote 1, log 0 of 0",
        "n1 counts 1 for, 0 against, of 2: pending",
        "n2 is follower of 1",
        "n2 writes term 1 vote n1",
        f"n2 grants n1 vote 1: {yes}",
        "n2 -> n1 Ballot 1 yes",
        "n1 counts 2 for, 0 against, of 2: won",
        "n1 is leader of 1",
        "n1 -> n2 Append 1, 1 after 0, commit 0",
        "n1 -> n3 Append 1, 1 after 0, commit 0",
        "n1 writes entry 1 of 1",
    ]


def test_a_single_member_elects_itself_and_commits_alone() -> None:
    lab = Lab(members=1)
    lab.timeout("n1")
    lab.propose("n1", "x")
    assert [entry.data for entry in lab.applied["n1"]] == [None, "x"]


def test_each_server_votes_for_at_most_one_candidate_in_a_given_term() -> None:
    """ "on a first-come-first-served basis" (5.2)."""
    lab = Lab()
    lab.step(VoteRequest("n1", "n3", 5, 0, 0))
    lab.step(VoteRequest("n2", "n3", 5, 0, 0))
    lab.step(VoteRequest("n1", "n3", 5, 0, 0))
    ballots = [line for line in lab.transcript if "Ballot" in line]
    assert ballots == ["n3 -> n1 Ballot 5 yes", "n3 -> n2 Ballot 5 no", "n3 -> n1 Ballot 5 yes"]
    assert "n3 refuses n2 vote 5: I voted for n1" in lab.transcript


def test_the_voter_denies_its_vote_if_its_own_log_is_more_up_to_date() -> None:
    """ "If the logs have last entries with different terms, then the log with the later term is more up-to-date. If
    the logs end with the same term, then whichever log is longer is more up-to-date" (5.4.1)."""
    for last_index, last_term, granted in [(2, 2, True), (3, 2, True), (1, 3, True), (1, 2, False), (9, 1, False)]:
        lab = Lab(logs={"n1": [1, 2]})
        lab.step(VoteRequest("n2", "n1", 4, last_index, last_term))
        assert lab.transcript[-1] == f"n1 -> n2 Ballot {4} {'yes' if granted else 'no'}"


def test_the_vote_is_on_disk_before_it_is_given() -> None:
    """ "Updated on stable storage before responding to RPCs" (figure 2)."""
    lab = Lab()
    lab.step(VoteRequest("n1", "n2", 1, 0, 0))
    lines = lab.transcript
    assert lines.index("n2 writes term 1 vote n1") < lines.index("n2 -> n1 Ballot 1 yes")


def test_a_candidate_that_hears_of_a_leader_of_its_term_returns_to_follower_state() -> None:
    """ "If the leader's term ... is at least as large as the candidate's current term, then the candidate recognizes
    the leader as legitimate" (5.2)."""
    lab = Lab()
    lab.timeout("n2")
    lab.step(Append("n1", "n2", 1, 0, 0, (), 0))
    assert "n2 is follower of 1 under n1" in lab.transcript


def test_pre_vote_a_partitioned_member_does_not_disturb_the_group_when_it_returns() -> None:
    """Thesis 9.6: "a server does not increment its term until it knows that it could win"."""
    lab = Lab()
    lab.elect("n1")
    for _ in range(5):
        lab.timeout("n3")
        lab.drop()
    assert lab.nodes["n3"].term == 1
    lab.timeout("n1")
    lab.settle()
    assert lab.leader() == "n1"


def test_a_member_that_hears_its_leader_refuses_even_a_newer_term() -> None:
    """Thesis 4.2.3: a server that heard from a leader within the minimum election timeout "does not update its term
    or grant its vote"."""
    lab = Lab()
    lab.elect("n1")
    start = len(lab.transcript)
    lab.step(VoteRequest("n3", "n2", 9, 99, 8))
    assert lab.transcript[start:] == ["n2 refuses n3 vote 9: I still hear n1"]


def test_check_quorum_a_leader_that_hears_no_majority_steps_down() -> None:
    """Thesis 6.2."""
    lab = Lab()
    lab.elect("n1")
    for _ in range(25):
        lab.timeout("n1")
        lab.drop()
    assert "n1 is follower of 1" in lab.transcript


def test_a_leader_of_an_older_term_is_told_so_and_steps_down() -> None:
    """ "If a leader discovers that its term is out of date, it immediately reverts to follower state" (5.1)."""
    lab = Lab()
    lab.elect("n1")
    lab.elect("n2", among=("n2", "n3"))
    assert lab.leader() == "n2"
    lab.timeout("n1")
    lab.deliver("n1", "n3")
    lab.deliver("n3", "n1")
    assert lab.transcript[-2:] == ["n1 is follower of 2", "n1 writes term 2 vote nobody"]


# ------------------------------------------------------------------------------------- replication


def test_an_entry_is_committed_once_a_majority_has_it() -> None:
    """ "A log entry is committed once the leader that created the entry has replicated it on a majority" (5.3)."""
    lab = Lab()
    lab.elect("n1")
    start = len(lab.transcript)
    lab.propose("n1", "x")
    lab.deliver("n1", "n2")
    lab.deliver("n2", "n1")
    lab.deliver("n1", "n2")
    assert lab.transcript[start:] == [
        "n1 -> n2 Append 1, 1 after 1, commit 1",
        "n1 -> n3 Append 1, 1 after 1, commit 1",
        "n1 writes entry 2 of 1",
        "n2 writes entry 2 of 1",
        "n2 -> n1 Accept 1, 2",
        "n1 applies 2",
        "n1 -> n2 Append 1, 0 after 2, commit 2",
        "n1 -> n3 Append 1, 0 after 2, commit 2",
        "n2 -> n1 Accept 1, 2",
        "n2 applies 2",
    ]


def test_a_follower_writes_before_it_answers() -> None:
    lab = Lab()
    lab.step(Append("n1", "n2", 1, 0, 0, (Entry(1, 1, "x"),), 0))
    assert lab.transcript[-2:] == ["n2 writes term 1 vote nobody, entry 1 of 1", "n2 -> n1 Accept 1, 1"]


def test_a_follower_without_the_previous_entry_refuses() -> None:
    """ "If the follower does not find an entry in its log with the same index and term, then it refuses the new
    entries" (5.3)."""
    lab = Lab(logs={"n2": [1, 1]})
    lab.step(Append("n1", "n2", 3, 5, 2, (Entry(6, 3),), 0))
    lab.step(Append("n1", "n2", 3, 2, 2, (Entry(3, 3),), 0))
    refusals = [line for line in lab.transcript if "Refuse" in line]
    assert refusals == ["n2 -> n1 Refuse 3, 5 hint 2", "n2 -> n1 Refuse 3, 2 hint 2"]
    assert lab.terms("n2") == [1, 1]


def test_a_conflicting_entry_and_all_that_follow_it_are_deleted() -> None:
    """ "If an existing entry conflicts with a new one, delete the existing entry and all that follow it" (figure 2)."""
    lab = Lab(logs={"n2": [1, 2, 2, 2]})
    lab.step(Append("n1", "n2", 3, 1, 1, (Entry(2, 3), Entry(3, 3)), 0))
    assert lab.terms("n2") == [1, 3, 3]
    assert lab.transcript[-2] == "n2 writes term 3 vote nobody, cut at 2, entry 2 of 3, entry 3 of 3"


def test_an_old_append_that_arrives_late_deletes_nothing() -> None:
    """Entries that are there already are not touched, nor what follows them (figure 2, step 3)."""
    lab = Lab(logs={"n2": [1, 1, 1]})
    lab.step(Append("n1", "n2", 1, 0, 0, (Entry(1, 1), Entry(2, 1)), 0))
    assert lab.terms("n2") == [1, 1, 1]


def test_every_log_of_figure_7_is_brought_to_the_leaders() -> None:
    """Figure 7: missing entries, extra entries, and both."""
    leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
    others = {
        "a": [1, 1, 1, 4, 4, 5, 5, 6, 6],
        "b": [1, 1, 1, 4],
        "c": [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
        "d": [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
        "e": [1, 1, 1, 4, 4, 4, 4],
        "f": [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    }
    for name, log in others.items():
        lab = Lab(logs={"n1": leader, "n2": log, "n3": leader})
        lab.elect("n1", among=("n1", "n3"))
        for _ in range(3):
            lab.timeout("n1")
            lab.settle()
        assert lab.terms("n2") == lab.terms("n1"), name
        assert lab.terms("n1")[:10] == leader
        assert not lab.checkers.violations


def test_back_tracking_takes_a_step_a_term_and_not_a_step_an_entry() -> None:
    """ "One AppendEntries RPC will be required for each term with conflicting entries" (5.3)."""
    lab = Lab(logs={"n1": [1] * 5 + [9], "n2": [1] * 5 + [2] * 50, "n3": [1] * 5 + [9]})
    lab.elect("n1", among=("n1", "n3"))
    start = len(lab.transcript)
    for _ in range(2):
        lab.timeout("n1")
        lab.settle()
    assert lab.terms("n2") == lab.terms("n1")
    assert sum("Refuse" in line for line in lab.transcript[start:]) <= 2


def test_an_entry_of_an_older_term_is_not_committed_by_counting_replicas() -> None:
    """ "Only log entries from the leader's current term are committed by counting replicas" (5.4.2)."""
    lab = Lab(logs={"n1": [1, 2], "n2": [1, 2], "n3": [1]})
    lab.elect_quietly("n1", voters=("n2", "n3"))
    lab.drop()  # the no-op is lost
    lab.step(Append("n1", "n3", 3, 1, 1, (Entry(2, 2, "2.2"),), 0))  # entry 2 is on all three now
    lab.deliver("n3", "n1")
    assert lab.applied["n1"] == []
    lab.timeout("n1")
    lab.settle()
    assert [entry.term for entry in lab.applied["n1"]] == [1, 2, 3]


def test_a_restarted_member_applies_again_what_it_is_told_is_committed() -> None:
    lab = Lab()
    lab.elect("n1")
    lab.propose("n1", "x")
    lab.settle()
    lab.crash("n3")
    lab.start("n3")
    assert lab.applied["n3"] == []
    lab.timeout("n1")
    lab.settle()
    assert [entry.data for entry in lab.applied["n3"]] == [None, "x"]


def test_a_follower_passes_proposals_on_to_its_leader() -> None:
    lab = Lab()
    lab.elect("n1")
    assert lab.propose("n2", "x")
    lab.settle()
    assert [entry.data for entry in lab.applied["n2"]] == [None, "x"]


def test_without_a_leader_nothing_can_be_proposed_or_read() -> None:
    lab = Lab()
    assert not lab.propose("n1", "x")
    assert not lab.read("n1", "r")


# ------------------------------------------------------------------------------------- reads, snapshots, hand-over


def test_read_index_a_leader_confirms_itself_by_a_round_of_heartbeats() -> None:
    """Thesis 6.4."""
    lab = Lab()
    lab.elect("n1")
    start = len(lab.transcript)
    lab.read("n1", "r1")
    lab.deliver("n1", "n2")
    lab.deliver("n2", "n1")
    assert lab.transcript[start:] == [
        "n1 -> n2 Heartbeat 1, commit 1, read r1",
        "n1 -> n3 Heartbeat 1, commit 1, read r1",
        "n2 -> n1 Answer 1, read r1",
        "n1 may read r1 at 1",
    ]


def test_read_index_one_round_confirms_all_that_were_waiting() -> None:
    lab = Lab()
    lab.elect("n1")
    lab.read("n1", "r1")
    lab.read("n1", "r2")
    lab.read("n2", "r3")
    lab.deliver("n2", "n1")
    lab.drop()
    lab.timeout("n1")
    lab.settle()
    assert lab.reads == {"r1": 1, "r2": 1, "r3": 1}


def test_read_index_a_new_leader_waits_for_an_entry_of_its_own_term() -> None:
    lab = Lab(logs={"n1": [1], "n2": [1], "n3": [1]})
    lab.elect_quietly("n1", voters=("n2",))
    lab.read("n1", "r1")
    assert not any("read r1" in line for line in lab.transcript)
    lab.settle()
    assert lab.reads == {"r1": 2}


def test_read_index_a_deposed_leader_answers_no_read() -> None:
    lab = Lab()
    lab.elect("n1")
    lab.elect("n2", among=("n2", "n3"))
    lab.read("n1", "r1")
    lab.settle()
    assert lab.reads == {}


def test_a_follower_too_far_behind_gets_a_snapshot() -> None:
    """Section 7."""
    lab = Lab()
    lab.elect("n1", among=("n1", "n2"))
    for number in range(5):
        lab.propose("n1", number)
    lab.settle(among=("n1", "n2"))
    lab.nodes["n1"].compact(Snapshot(5, 1, "the state at 5"), keep_from=5)
    for _ in range(3):
        lab.timeout("n1")
        lab.settle()
    lines = lab.transcript
    assert "n1 -> n3 Snapshot 1, 5" in lines
    assert lines.index("n3 writes snapshot 5") < lines.index("n3 restores 5") < lines.index("n3 -> n1 Accept 1, 5")
    assert [entry.index for entry in lab.applied["n3"]] == [6]


def test_leadership_is_handed_over_to_a_member_that_is_up_to_date() -> None:
    """Thesis 3.10."""
    lab = Lab()
    lab.elect("n1")
    assert lab.nodes["n1"].transfer("n3", lab.now)
    lab._carry_out("n1")
    lab.settle()
    assert lab.leader() == "n3"
