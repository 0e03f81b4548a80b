"""The Raft theatre and the charts: an election from the ring's own menu, ballots that are seen to fly, lamps that stay
green, and series that go on through it."""

from typing import Any

from conftest import Stage

# Keeps what was seen of messages, and the shares of timers, in each frame.
WATCH = """
() => {
  const seen = window.seenOnTheRing = {looks: {}, least: 1};
  const look = () => {
    for (const flight of document.querySelectorAll('[data-look]')) seen.looks[flight.dataset.look] = true;
    for (const timer of document.querySelectorAll('[data-share]')) {
      seen.least = Math.min(seen.least, Number(timer.dataset.share));
    }
    requestAnimationFrame(look);
  };
  look();
}
"""


def test_an_election_is_seen_on_the_ring_and_in_the_charts(stage: Stage) -> None:
    stage.open()
    stage.go("raft")
    leader = stage.page.locator("[data-testid^='raft-'][data-role='leader'][data-up='true']")
    leader.wait_for()
    first = leader.get_attribute("data-testid")
    stage.record(WATCH)
    leader.click()
    stage.part("menu-crash").click()
    stage.wait("another leads", lambda: leader.count() == 1 and leader.get_attribute("data-testid") != first, 60)
    seen: dict[str, Any] = stage.page.evaluate("window.seenOnTheRing")
    assert "ask" in seen["looks"] and "granted" in seen["looks"]
    assert seen["least"] < 0.2, "no timer was seen to run down"
    assert stage.part("quorum").get_attribute("data-state") == "held"
    assert "2 of the 2 votes needed" in stage.text("ballots")
    lamps = stage.page.locator("[data-testid^='lamp-']")
    assert lamps.count() == 5
    assert [lamps.nth(i).get_attribute("data-broken") for i in range(5)] == ["false"] * 5
    stage.part("lamp-LeaderCompleteness").click()
    assert "checks" in stage.text("lamp-more")
    stage.see("raft-theatre")
    stage.go("charts")
    stage.wait("the charts are drawn", lambda: stage.page.locator("[data-testid^='chart-'] canvas").count() == 12)
    stage.wait("they have values", lambda: "–" not in stage.text("chart-raft"))
    stage.part("chart-closer").click()
    stage.part("chart-whole").click()
    stage.see("charts")
