"""What the stage draws is what happened: a scene is played, the run is taken from the page as a file and made again
without a browser, and every message that was drawn is held against the trace of that."""

import json
from typing import Any

import pytest

from conftest import Stage
from orrery.kernel import SECOND
from orrery.theatre.production import Production
from orrery.theatre.runs import read_run

WITNESS = """
window.seen = [];
window.orreryWitness = (what, message, ns) => window.seen.push({...message, what, ns});
"""
FACTOR = 6
LATE_NS = round(1.5 * FACTOR * SECOND)  # what is shown may be so much behind what the server has told


def trace_of(stage: Stage) -> dict[str, dict[int, dict[str, Any]]]:
    """The trace of the run that is on the stage, from its seed and inputs alone: events of messages, by their type and
    message."""
    code, document = stage.server.get("/api/run/file")
    assert code == 200
    run = read_run(json.dumps(document))
    lines: list[bytes] = []
    again = Production(run.seed, run.cluster(), epoch_s=run.epoch_s, on_line=lines.append)
    for item in run.taken():
        again.kernel.run_until(item.time_ns, max_steps=item.steps)
        again.kernel.inbox.retake(item)
    again.kernel.run_until(run.until_ns, max_steps=run.until_steps)
    assert again.kernel.trace.digest() == run.digest, "it is the same run"
    found: dict[str, dict[int, dict[str, Any]]] = {"MessageSent": {}, "MessageReceived": {}, "MessageDropped": {}}
    for line in b"".join(lines).splitlines():
        event = json.loads(line)
        if event["type"] in found:
            found[event["type"]][event["message"]] = event
    return found


class Told:
    """What the server told the page: the flow in focus, from when on, and how the scene stands."""

    def __init__(self) -> None:
        self.focus: list[tuple[int, int]] = []
        self.scene = ""

    def take(self, payload: str | bytes) -> None:
        frame = json.loads(payload)
        focus = (frame.get("pace") or {}).get("focus")
        if focus and frame["type"] == "batch" and (not self.focus or self.focus[-1][1] != focus):
            self.focus.append((frame["stretch"]["to_ns"], focus))
        for change in frame.get("changes", []):
            if change["id"] == "scene" and change["record"]:
                self.scene = change["record"]["state"]

    def in_focus(self, flow: int, t_ns: int) -> bool:
        """Whether the page had the flow in focus while it showed that instant, however late it was."""
        for (since_ns, focus), following in zip(self.focus, [*self.focus[1:], None], strict=True):
            if focus == flow and since_ns <= t_ns and (following is None or t_ns < following[0] - LATE_NS):
                return True
        return False


def test_every_message_drawn_is_in_the_trace_and_every_one_of_the_focused_flow_was_drawn(stage: Stage) -> None:
    told = Told()
    stage.page.on("websocket", lambda socket: socket.on("framereceived", told.take))
    stage.page.add_init_script(WITNESS)
    stage.open()
    stage.control(action="mode", mode="real-time")
    stage.control(action="factor", factor=FACTOR)
    assert stage.server.post("/api/scene", {"id": "self-healing"})[0] == 200
    stage.wait("the scene is over", lambda: told.scene in ("done", "failed"), 180)
    assert told.scene == "done"
    stage.control(action="pause")
    stage.page.wait_for_timeout(1_500)
    seen: list[dict[str, Any]] = stage.page.evaluate("() => window.seen")
    trace = trace_of(stage)
    for entry in seen:
        check(entry, trace)
    drawn = {entry["id"] for entry in seen if entry["what"] == "drawn"}
    focused = [e for e in trace["MessageSent"].values() if not e["quiet"] and told.in_focus(e["flow"], e["time_ns"])]
    assert len({e["flow"] for e in focused}) > 1 and len(focused) > 200
    assert [e for e in focused if e["message"] not in drawn] == []
    for lie in ({"target": "worker-1/kubelet"}, {"id": 10**9}, {"sent_ns": seen[0]["sent_ns"] + 1}, {"what": "lost"}):
        with pytest.raises(AssertionError):
            check({**seen[0], **lie}, trace)


def check(entry: dict[str, Any], trace: dict[str, dict[int, dict[str, Any]]]) -> None:
    """What was drawn was sent, by whom and when it is said; it arrives on the screen when it had, and not before."""
    sent = trace["MessageSent"].get(entry["id"])
    assert sent is not None, f"drawn, and never sent: {entry}"
    for field, traced in (("event", "id"), ("flow", "flow"), ("source", "source"), ("target", "target"),
                          ("protocol", "protocol"), ("kind", "kind"), ("sent_ns", "time_ns"),
                          ("arrives_ns", "arrives_ns")):  # fmt: skip
        assert entry[field] == sent[traced], (field, entry, sent)
    assert entry["ns"] >= sent["time_ns"], "not before it was sent"
    if entry["what"] == "arrived":
        assert entry["id"] in trace["MessageReceived"], f"it never arrived: {entry}"
        assert entry["ns"] >= trace["MessageReceived"][entry["id"]]["time_ns"] - 1, entry
    elif entry["what"] == "lost":
        assert entry["id"] in trace["MessageDropped"], f"it was not lost: {entry}"

