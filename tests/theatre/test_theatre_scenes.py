"""Scenes: each does what it says, on a cluster of its own; and playing one changes nothing but by acts."""

import re

import pytest

from orrery.cluster import default_config
from orrery.kernel import SECOND
from orrery.theatre.atlas import SEED, play
from orrery.theatre.production import Production
from orrery.theatre.scenes import SCENES, Scene, SceneFailed, ScenePlayer, run_headless
from orrery.theatre.scenes.player import reading_s
from orrery.theatre.scenes.scene import Do, Expect, Say, Wait, Words

HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize("scene_id", SCENES)
def test_a_scene_plays_without_an_audience(scene_id: str) -> None:
    assert play(scene_id) == ""


@pytest.mark.parametrize("scene_id", ["pod-creation", "rolling-update", "leader-crash", "partition"])
def test_a_scene_does_not_depend_on_the_seed(scene_id: str) -> None:
    assert play(scene_id, SEED + 1) == ""


def test_a_whole_class_plays_on_one_cluster_and_again() -> None:
    world = Production(SEED, default_config())
    for scene in [scene for scene in SCENES.values() if scene.config is None] * 2:
        run_headless(scene, world)


def test_a_scene_mends_what_was_broken_before_it() -> None:
    world = Production(SEED, default_config())
    world.acts.fault("crash-host", host="worker-2")
    world.acts.fault("crash-process", component="cp-1/kube-scheduler")
    world.acts.fault("cut-link", a="cp-2", b="cp-3")
    run_headless(SCENES["first-deployment"], world)


@pytest.mark.parametrize("scene_id", SCENES)
def test_every_word_is_there_in_both_languages(scene_id: str) -> None:
    scene = SCENES[scene_id]
    said = [scene.title, scene.text, *(step.words for step in scene.steps if isinstance(step, Say))]
    for words in said:
        assert HANGUL.search(words.ko), words.ko
        assert words.en.strip() and not HANGUL.search(words.en), words.en


@pytest.mark.parametrize("scene_id", SCENES)
def test_every_scene_checks_something(scene_id: str) -> None:
    checks = [step for step in SCENES[scene_id].steps if isinstance(step, Wait | Expect)]
    assert len(checks) >= 3


def test_a_scene_that_goes_wrong_names_the_step() -> None:
    world = Production(SEED, default_config())
    with pytest.raises(SceneFailed, match=r"scene wrong, step 1: waited 2 virtual seconds for: a miracle"):
        run_headless(_scene(Wait("a miracle", lambda world: False, 2 * SECOND)), world)
    with pytest.raises(SceneFailed, match=r"scene wrong, step 1: expected: two and two are five"):
        run_headless(_scene(Expect("two and two are five", lambda world: 2 + 2 == 5)), world)
    with pytest.raises(SceneFailed, match=r"step 1: .*there is no host 'nowhere'"):
        run_headless(_scene(Do("break", lambda world: world.acts.fault("crash-host", host="nowhere"))), world)


def test_nobody_listens_any_more_when_a_scene_is_over() -> None:
    world = Production(SEED, default_config())
    before = len(world.kernel.trace._sinks)
    run_headless(SCENES["who-may"], world)
    assert len(world.kernel.trace._sinks) == before


def test_an_audience_reads_everything_that_is_said_before_anything_is_done() -> None:
    world, wall = Production(SEED, default_config()), Wall()
    player = ScenePlayer(SCENES["scheduler-decision"], world, wall.clock)
    said: dict[str, float] = {}
    while player.state == "playing":
        player.look()
        world.kernel.run_for(SECOND // 20)
        wall.now_s += 0.05
        for change in world.stage.drain().changes:
            if change.record is not None and change.record.type == "scene" and change.record.say is not None:
                said.setdefault(change.record.say.en, wall.now_s)
    assert player.state == "done"
    assert list(said) == [step.words.en for step in player.scene.steps if isinstance(step, Say)]
    times = list(said.values())
    assert all(later - earlier > 1 for earlier, later in zip(times, times[1:], strict=False))


def test_an_act_waits_until_its_announcement_has_been_read() -> None:
    world, wall, acts = Production(SEED, default_config()), Wall(), []
    announced = Say(Words(ko="이제 합니다.", en="Now it is done."))
    player = ScenePlayer(_scene(announced, Do("it", lambda world: acts.append(wall.now_s))), world, wall.clock)
    for _ in range(100):
        player.look()
        wall.now_s += 0.1
    assert acts and acts[0] >= reading_s(announced.words)


def test_a_scene_that_fails_before_an_audience_does_not_harm_the_room() -> None:
    world = Production(SEED, default_config())
    player = ScenePlayer(_scene(Expect("nothing", lambda world: {}["missing"])), world)
    player.look()
    assert player.state == "failed"


class Wall:
    """The clock on the class room's wall."""

    now_s = 0.0

    def clock(self) -> float:
        return self.now_s


def _scene(*steps: Wait | Expect | Do | Say) -> Scene:
    words = Words(ko="틀린 장면", en="Wrong")
    return Scene("wrong", words, words, steps)
