"""The atlas: entries under the lecture's ids, in both languages, each with a scene."""

import re

import pytest
from click.testing import CliRunner

from orrery.cli.application import application
from orrery.theatre.atlas import ATLAS, GROUPS, TOTAL, by_scene
from orrery.theatre.scenes import SCENES

# How many concepts the lecture names in each group.
NUMBERED = {
    "ARCH": 11, "API": 19, "ETCD": 19, "SCHED": 18, "CM": 17, "KLET": 18, "PROXY": 15, "RT": 13, "FLOW": 1, "SEC": 22,
    "RAFT": 12, "DATA": 12, "STATE": 18, "CONF": 1, "CMD": 9, "CLASS": 4,
}  # fmt: skip
HANGUL = re.compile("[가-힣]")


def test_the_lecture_names_209_concepts() -> None:
    assert sum(NUMBERED.values()) == TOTAL == 209


def test_every_id_is_one_of_the_lectures_and_stands_there_once() -> None:
    ids = [item.id for group in GROUPS for item in group]
    assert len(ids) == len(set(ids)) == len(ATLAS)
    for entry_id in ids:
        group, _, number = entry_id.partition("-")
        assert re.fullmatch(r"\d\d", number) and 1 <= int(number) <= NUMBERED[group], entry_id


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0].id.partition("-")[0])
def test_a_group_keeps_to_itself_and_to_its_order(group: tuple[object, ...]) -> None:
    ids = [item.id for item in group]  # type: ignore[attr-defined]
    assert ids == sorted(ids) and len({entry_id.partition("-")[0] for entry_id in ids}) == 1


@pytest.mark.parametrize("entry_id", ATLAS)
def test_an_entry_has_its_texts_in_both_languages_and_a_scene(entry_id: str) -> None:
    item = ATLAS[entry_id]
    assert HANGUL.search(item.text.ko) and item.text.ko.endswith((".", ")"))
    assert not HANGUL.search(item.text.en + item.title.en)
    assert item.title.ko and item.title.en and item.text.en.endswith((".", ")"))
    assert item.scene in SCENES


def test_scenes_stand_for_their_entries() -> None:
    scenes = by_scene(list(ATLAS.values()))
    assert sum(map(len, scenes.values())) == len(ATLAS)
    assert "FLOW-01" in scenes["pod-creation"]


def test_the_command_ends_with_the_count() -> None:
    result = CliRunner().invoke(application, ["atlas", "--only", "STATE-14", "--only", "STATE-18"])
    assert result.exit_code == 0 and result.stdout == "2/209\n"
    assert "ok      two-writers          STATE-14 STATE-18" in result.stderr


def test_the_command_knows_its_entries() -> None:
    result = CliRunner().invoke(application, ["atlas", "--only", "STATE-99"])
    assert result.exit_code == 2
    assert "there is no entry 'STATE-99'" in result.stderr
