"""The past: what was before this page came, gone through backward, a branch that leaves it, and a run as a link."""

import time

from conftest import Stage


def _ns(stage: Stage) -> float:
    return float(stage.part("clock").get_attribute("data-ns") or 0)


def _host_up(stage: Stage, host: str) -> str | None:
    return stage.part(f"host-{host}").get_attribute("data-up")


def test_the_past_is_shown_as_it_was_and_acting_in_it_makes_a_branch(stage: Stage) -> None:
    stage.server.real_time(10)
    time.sleep(3)
    stage.server.post("/api/fault", {"fault": "crash-host", "host": "worker-4"})
    stage.open()
    came_ns = stage.wait("the page has come", lambda: _ns(stage))
    stage.wait("the host is down", lambda: _host_up(stage, "worker-4") == "false")

    stage.part("previous-milestone").click()
    stage.wait("the fault is on the screen", lambda: 0 < _ns(stage) < came_ns)
    fault_ns = _ns(stage)
    stage.part("play-backward").click()
    stage.wait("time runs backward, before the fault", lambda: _ns(stage) < fault_ns)
    stage.part("play-backward").click()
    stage.wait("the host was up", lambda: _host_up(stage, "worker-4") == "true")
    past_ns = _ns(stage)
    stage.page.wait_for_timeout(300)
    assert _ns(stage) == past_ns, "it stands still"
    stage.see("6-past")

    stage.part("branch-here").click()
    stage.wait("the branch is on the screen", lambda: stage.part("back-to-live").count() == 0, 60)
    stage.wait("it stands where it was left", lambda: abs(_ns(stage) - past_ns) < 1e6)
    assert _host_up(stage, "worker-4") == "true"
    stage.part("branches").click()
    assert stage.part("branch").count() == 2
    stage.see("6-branches")
    stage.page.keyboard.press("Escape")
    stage.part("play-pause").click()
    stage.go("compare")
    stage.wait("they differ in the host", lambda: "worker-4" in stage.text("compare-host"))
    stage.see("6-compare")
    assert stage.complaints == []


def test_a_run_is_a_link_that_opens_with_the_same_digest(stage: Stage) -> None:
    stage.server.post("/api/control", {"action": "pause"})
    stage.open()
    stage.part("share").click()
    stage.part("share-link").wait_for()
    link = stage.part("share-link").input_value()
    digest = stage.text("share-digest")
    stage.see("6-share")
    stage.page.goto("about:blank")
    stage.page.goto(link)
    stage.part("run-info").wait_for()
    stage.wait("it is opened", lambda: stage.part("branches").inner_text().strip() not in ("main", "본류"), 60)
    stage.wait("it has the digest", lambda: digest.startswith(stage.text("run-info").rpartition("· ")[2].strip()))
    assert stage.complaints == []
