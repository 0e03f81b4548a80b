"""The scene that is played."""

from typing import Literal

from orrery.theatre.records.base import Model, Words

SceneState = Literal["playing", "done", "failed"]


class SceneRecord(Model):
    """The scene that is being played: where it is, and what it says."""
    type: Literal["scene"] = "scene"
    id: Literal["scene"] = "scene"
    scene: str
    title: Words
    step: int                   # from 0
    steps: int
    say: Words | None           # what it says at this step
    state: SceneState


class SceneView(Model):
    """GET /api/scenes"""

    id: str
    title: Words
    text: Words
    chapter: str
    chapter_title: Words
    steps: int
    own_cluster: bool           # it is played on another cluster than the room's


class SceneRequest(Model):
    """POST /api/scene: plays a scene."""

    id: str
