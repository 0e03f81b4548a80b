"""Scenes: one file each, and one line in SCENES. See `scene.py` for what a scene is."""

from orrery.theatre.scenes import first_deployment, leader_crash, worker_crash
from orrery.theatre.scenes.player import ScenePlayer
from orrery.theatre.scenes.scene import Scene, SceneFailed, run_headless

SCENES: dict[str, Scene] = {
    module.SCENE.id: module.SCENE for module in (first_deployment, leader_crash, worker_crash)
}

__all__ = ["SCENES", "Scene", "SceneFailed", "ScenePlayer", "run_headless"]
