"""The past: what was told is kept in chapters, a run is a document, and going through it again gives the same trace."""

import gzip
from collections.abc import Callable

import orjson
import pytest

from orrery.cluster import default_config
from orrery.kernel import DEFAULT_EPOCH_S, SECOND
from orrery.theatre.chronicle import CHAPTER_BYTES, Chronicle
from orrery.theatre.records import Batch, Snapshot
from orrery.theatre.room import Room
from orrery.theatre.runs import RunDocument, RunError, document_of, read_run, to_code, to_text
from orrery.theatre.scenes import manifests


def played_room(wall_s: float = 8.0) -> Room:
    """A room in which a Deployment was made and an etcd member crashed."""
    room = Room(3, default_config(), epoch_s=DEFAULT_EPOCH_S)
    room.play(0.1)
    room.acts.apply([manifests.deployment("web", replicas=2)])
    _play(room, wall_s / 2)
    room.acts.fault("crash-process", component="cp-1/etcd")
    _play(room, wall_s / 2)
    return room


def _play(room: Room, wall_s: float) -> None:
    for _ in range(round(wall_s / 0.025)):
        room.play(0.025)


def _told(chronicle: Chronicle) -> dict[str, object]:
    """The records as the chronicle leaves them: snapshot of the last chapter, changed by its batches."""
    document = orjson.loads(chronicle.chapters[-1].text())
    snapshot = Snapshot.model_validate(document["snapshot"])
    records: dict[str, object] = {record.id: record for record in snapshot.records}
    for batch in document["batches"]:
        for change in Batch.model_validate(batch).changes:
            if change.record is None:
                records.pop(change.id, None)
            else:
                records[change.id] = change.record
    return records


def test_a_chapter_and_its_batches_give_the_records_as_they_are() -> None:
    room = played_room()
    room.snapshot()
    assert _told(room.chronicle) == room.stage.records


def test_chapters_follow_each_other_without_a_gap_and_the_oldest_are_forgotten() -> None:
    chronicle = Chronicle(kept_bytes=3_000)
    t_ns = 0
    for number in range(40):
        if chronicle.is_due:
            chronicle.begin(t_ns, b'{"now_ns":%d}' % t_ns)
        noise = orjson.dumps({"stretch": {"to_ns": t_ns + 10}, "noise": [i * number % 977 for i in range(60_000)]})
        chronicle.add(t_ns + 10, noise)
        t_ns += 10
    chapters = chronicle.chapters
    assert chapters[0].number > 1 and chronicle.find(1) is None
    assert [c.number for c in chapters] == list(range(chapters[0].number, chapters[-1].number + 1))
    for before, after in zip(chapters, chapters[1:], strict=False):
        assert before.to_ns == after.from_ns and before.packed is not None
        assert gzip.decompress(before.packed) == before.text()


def test_a_branch_of_a_chronicle_tells_what_had_been_told_and_no_more() -> None:
    room = played_room()
    middle_ns = (room.begun_ns + room.kernel.now_ns) // 2
    cut = room.chronicle.until(middle_ns)
    assert cut.chapters[-1].to_ns <= middle_ns < room.chronicle.chapters[-1].to_ns
    document = orjson.loads(cut.chapters[-1].text())
    assert all(batch["stretch"]["to_ns"] <= middle_ns for batch in document["batches"])
    assert [c.number for c in cut.chapters] == [c.number for c in room.chronicle.chapters[: len(cut.chapters)]]


def _told_exactly(room: Room) -> dict[str, object]:
    """The records, but for stories, and for the lamps, which count their checks as of when they were last told."""
    return {k: v for k, v in room.stage.records.items() if not k.startswith("flow/") and k != "safety"}


def test_a_fork_stands_exactly_where_its_parent_stood() -> None:
    room = played_room()
    forked_ns = room.kernel.now_ns
    while (due_ns := room.kernel.next_time_ns()) is not None and due_ns <= forked_ns:
        room.kernel.run_until(forked_ns)
    digest = room.kernel.trace.digest()
    room.snapshot()
    records = _told_exactly(room)
    _play(room, 3.0)
    fork = Room(3, default_config(), epoch_s=DEFAULT_EPOCH_S)
    inputs = [item for item in room.kernel.inbox.inputs if item.time_ns <= forked_ns]
    reached = list(fork.retrace(inputs, forked_ns, told=room.chronicle.until(forked_ns)))
    assert fork.kernel.trace.digest() == digest
    assert reached == sorted(reached) and fork.kernel.now_ns == forked_ns and fork.director.paused
    assert _told_exactly(fork) == records
    assert [m.kind for m in fork.stage.marks] == [m.kind for m in room.stage.marks if m.t_ns <= forked_ns]
    assert fork.chronicle.chapters[0].from_ns == room.begun_ns


@pytest.mark.parametrize("write", [to_text, to_code])
def test_a_run_opened_from_its_document_has_the_same_digest_and_a_recording_at_a_watchable_pace(
    write: Callable[[RunDocument], str],
) -> None:
    room = played_room(4.0)
    document = read_run(write(document_of(room.kernel, room.config)))
    assert document.digest == room.kernel.trace.digest() and document.cluster() == room.config
    again = Room(document.seed, document.cluster(), epoch_s=document.epoch_s)
    for _ in again.retrace(document.taken(), document.until_ns, document.until_steps):
        pass
    assert again.kernel.trace.digest() == document.digest
    assert (again.kernel.now_ns, again.kernel.steps) == (room.kernel.now_ns, room.kernel.steps)
    stretches = [
        batch["stretch"] for chapter in again.chronicle.chapters for batch in orjson.loads(chapter.text())["batches"]
    ]
    assert sum(stretch["wall_ms"] for stretch in stretches) > 3_000
    assert all(a["to_ns"] == b["from_ns"] for a, b in zip(stretches, stretches[1:], strict=False))


def test_a_short_lesson_fits_into_a_link() -> None:
    room = played_room(4.0)
    assert len(to_code(document_of(room.kernel, room.config))) < 2_000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("eJx", "link of a run"),
        ("%%%", "link of a run"),
        ("{", "line 1"),
        ("{}", "seed"),
        ('{"seed": -1, "epoch_s": 0, "until_ns": 1, "until_steps": 1}', "seed"),
        ('{"seed": 1, "epoch_s": 0, "until_ns": 1, "until_steps": 1, "sed": 2}', "sed"),
        ('{"orrery": "run/9", "seed": 1, "epoch_s": 0, "until_ns": 1, "until_steps": 1}', "orrery"),
    ],
)
def test_what_is_not_a_run_is_refused_in_one_sentence(text: str, complaint: str) -> None:
    with pytest.raises(RunError, match=complaint) as caught:
        read_run(text)
    assert "\n" not in str(caught.value)


def test_a_run_does_not_fit_into_another_seed() -> None:
    room = played_room(2.0)
    document = document_of(room.kernel, room.config)
    other = Room(4, default_config(), epoch_s=DEFAULT_EPOCH_S)
    with pytest.raises(ValueError, match="seed or configuration differ"):
        list(other.retrace(document.taken(), document.until_ns + SECOND, document.until_steps))


def test_a_snapshot_larger_than_a_chapter_is_not_made_anew_with_every_batch() -> None:
    chronicle = Chronicle()
    chronicle.begin(0, bytes(3 * CHAPTER_BYTES))
    for end_ns in range(1, 5):
        assert not chronicle.is_due
        chronicle.add(end_ns, bytes(CHAPTER_BYTES * 3 // 4))
    assert chronicle.is_due
