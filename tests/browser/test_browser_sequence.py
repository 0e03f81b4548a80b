"""The sequence diagram: the lecture's sixteen messages as they happen, what caused what, the past, what is exported."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from conftest import Stage

SOLO = "apiVersion: v1\nkind: Pod\nmetadata: {name: solo}\nspec:\n  containers: [{name: c, image: 'nginx:1.27'}]\n"


def _rows(stage: Stage) -> int:
    return int(stage.part("sequence-rows").get_attribute("data-count") or 0)


def _reached(stage: Stage) -> int:
    count: int = stage.part("sequence-sixteen").locator("button.done").count()
    return count


def _export(stage: Stage, kind: str) -> str:
    stage.part("sequence-export").click()
    with stage.page.expect_download() as download:
        stage.part(f"export-{kind}").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_the_lectures_sixteen_messages_are_seen_as_they_happen_and_taken_away(stage: Stage) -> None:
    stage.open()
    stage.go("sequence")
    stage.server.real_time()
    _, reply = stage.server.post("/api/apply", {"text": SOLO})
    stage.wait("all sixteen have happened", lambda: _reached(stage) == 16, 60)
    assert stage.part("sequence-view").get_attribute("data-flow") == str(reply["flow"]), "the flow in focus"
    stage.control(action="pause")
    _, told = stage.server.get(f"/api/sequence/{reply['flow']}")
    event = {step["number"]: step["event"] for step in told["pods"][0]["steps"]}
    _choose(stage, told, event)
    _look_back(stage, told, event)
    _take_away(stage, told)


def _choose(stage: Stage, told: dict[str, Any], event: dict[int, int]) -> None:
    """By its number, then by keys; the inspector tells the same message."""
    stage.part("sequence-lecture").click()
    shown = stage.page.locator("[data-number]").evaluate_all("rows => rows.map((row) => Number(row.dataset.number))")
    assert sorted(shown) == list(range(1, 17)) and shown.index(6) < shown.index(1) < shown.index(16)
    stage.see("9-sequence-sixteen")
    stage.part("sequence-all").click()
    stage.part("sequence-sixteen").locator("button").nth(8).click()
    binding = next(step for step in told["steps"] if step["event"] == event[9])
    stage.wait("it is told", lambda: binding["label"] in stage.text("inspector-title"))
    row = stage.page.locator(f"[role=option][data-event='{event[9]}']")
    assert row.get_attribute("aria-selected") == "true" and row.get_attribute("data-number") == "9"
    stage.part("sequence-rows").focus()
    stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("Enter")
    stage.wait("the next one is told", lambda: binding["label"] not in stage.text("inspector-title"))
    stage.see("9-sequence")


def _look_back(stage: Stage, told: dict[str, Any], event: dict[int, int]) -> None:
    """At the instant of the binding, nothing that is later is there."""
    now = _rows(stage)
    stage.part("sequence-sixteen").locator("button").nth(8).click()
    stage.page.locator("aside dd.mono button.link").first.click()
    stage.wait("less had happened", lambda: 0 < _rows(stage) < now)
    assert stage.page.locator(f"[role=option][data-event='{event[16]}']").count() == 0
    assert _reached(stage) < 16
    stage.part("back-to-live").click()
    stage.wait("all of it is there again", lambda: _rows(stage) == now)


def _take_away(stage: Stage, told: dict[str, Any]) -> None:
    """The picture and the text hold every message of the flow, those that are folded as their number."""
    picture = ElementTree.fromstring(_export(stage, "svg-light"))
    words = " ".join(picture.itertext())
    text = _export(stage, "mermaid")
    assert text.startswith("sequenceDiagram\n")
    arrows = len(re.findall(r"^ +p\d+(?:->>|-->>|-\)|-x|--x)", text, re.M))
    folded = sum(int(count) for count in re.findall(r"Note over .*×(\d+)", text))
    assert arrows + folded == len(told["steps"]) + sum(s["call"] in _marked_calls(told) for s in told["opened"])
    for number in range(1, 17):
        assert re.search(rf": {number}\. ", text), number
    assert "Create Pod request" in words and "Store Pod status" in words and "Raft ×" in words


def _marked_calls(told: dict[str, Any]) -> set[int]:
    marked = {step["event"] for step in told["pods"][0]["steps"]}
    return {step["call"] for step in told["opened"] if step["event"] in marked}
