"""The page full: 500 Pods on 50 nodes and 300 messages in flight, beside a naive SVG page of the same moving parts.

Nothing is made up: the cluster is simulated, a Deployment puts the Pods there, and the messages are those of people who
all write at once, shown a thousand times slower. The naive page (`naive.html`) is told the same by the same server, in
the same browser.
"""

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any, NamedTuple

from orrery.cli.bench.chromium import Server, new_page
from orrery.cli.bench.measure import Row

NODES = 50
PODS = 500
MESSAGES = 300
FRAMES = 60.0
SCRIPT_MS = 6.0
SLOWLY = 0.001  # real-time factor at which a burst of writes is spread over seconds
WAVES = 2
CROWD = 700  # people who write a ConfigMap at once, in each wave
WAVE_S = 4.0  # from one wave to the next
CLUSTER = f"apiVersion: orrery.dev/v1\nkind: Cluster\nmetadata: {{name: crowd}}\ncontrolPlanes: 3\nworkers: {NODES}\n"
DEPLOYMENT = f"""
{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: crowd}}, spec: {{replicas: {PODS},
  selector: {{matchLabels: {{app: crowd}}}}, template: {{metadata: {{labels: {{app: crowd}}}},
  spec: {{containers: [{{name: web, image: "nginx:1.27"}}]}}}}}}}}
"""
OURS = "document.querySelectorAll('[data-message]').length"
NAIVE = "Number(document.querySelector('svg').dataset.messages)"

# Counts the milliseconds that the page's own script takes: frames and what the server tells, until their promises are
# done.
COUNT_SCRIPT = """
window.script = 0;
window.nativeFrame = window.requestAnimationFrame.bind(window);
const timed = (work) => function (...given) {
  const begun = performance.now();
  work.apply(this, given);
  queueMicrotask(() => (window.script += performance.now() - begun));
};
window.requestAnimationFrame = (work) => window.nativeFrame(timed(work));
const told = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
Object.defineProperty(WebSocket.prototype, 'onmessage', {...told, set(work) { told.set.call(this, timed(work)); }});
const listen = EventTarget.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (name, work, ...rest) {
  listen.call(this, name, name === 'message' ? timed(work) : work, ...rest);
};
"""

# Of each frame for some seconds: how long it took, how long the page's script in it did, both in milliseconds, and how
# many messages it drew.
WATCH = """
(seconds) => new Promise((done) => {
  const frames = [];
  const begun = performance.now();
  let before = begun;
  window.script = 0;
  window.nativeFrame(function look(now) {
    frames.push([now - before, window.script, COUNT]);
    window.script = 0;
    before = now;
    if (now - begun > 1000 * seconds) done(frames.slice(1)); else window.nativeFrame(look);
  });
})
"""
LEAST_FRAMES = 60


class Watched(NamedTuple):
    """Frames a second, milliseconds of script a frame, messages drawn."""

    frames: float
    script_ms: float
    drawn: float


def measure(browser: Any, server: Server, repetitions: int, say: Callable[[str], object]) -> list[Row]:
    """Raises OSError where the Pods do not come to run."""
    server.pace("fastest")
    server.post("apply", {"text": DEPLOYMENT})
    _wait_for_pods(server, say)
    sides: dict[str, list[Watched]] = {"ours": [], "naive": []}
    for turn in range(repetitions):
        for side, watched in sides.items():
            say(f"watching frames, {side}, {turn + 1} of {repetitions} ...")
            watched.append(_watch(browser, server, side == "naive", f"{side}-{turn}"))
    ours, naive = (_median(watched) for watched in sides.values())
    what = f"{ours.drawn:.0f} messages, {PODS} Pods, {NODES} nodes"
    return [
        Row(f"frames a second: {what} (over {FRAMES:.0f})", "", ours.frames, FRAMES, 1.0),
        Row(f"frames a second (over a naive SVG page's at {naive.drawn:.0f})", "", ours.frames, naive.frames, 1.0),
        Row("script of a frame (limit over measured)", "ms", SCRIPT_MS, ours.script_ms, 1.0),
        Row("script of a frame (a naive SVG page's over ours)", "ms", naive.script_ms, ours.script_ms, 1.0),
    ]


def _wait_for_pods(server: Server, say: Callable[[str], object], limit_s: float = 1_200.0) -> None:
    begun = time.monotonic()
    while True:
        status = server.get("object?resource=deployments&namespace=default&name=crowd")["object"].get("status", {})
        ready = status.get("readyReplicas", 0)
        if ready >= PODS:
            return
        if time.monotonic() - begun > limit_s:
            raise OSError(f"{ready} of {PODS} Pods run after {limit_s:.0f} s")
        say(f"{ready} of {PODS} Pods run on {NODES} nodes ...")
        time.sleep(1)


def _watch(browser: Any, server: Server, naive: bool, name: str) -> Watched:
    """Opens a page, has crowds write, and watches the frames with at least MESSAGES on their way, or the fullest."""
    server.pace("real-time", 1.0)
    page = new_page(browser, ours=not naive)
    page.add_init_script(COUNT_SCRIPT)
    if naive:
        text = (Path(__file__).parent / "naive.html").read_text(encoding="utf-8")
        page.goto(f"{server.address}/healthz")  # a page of this server, so that it may listen to it
        page.set_content(text)
        page.wait_for_function(f"Number(document.querySelector('svg').dataset.hosts) > {NODES}")
    else:
        page.goto(f"{server.address}/?lang=en&theme=dark")
        page.wait_for_function(
            f"document.querySelectorAll(\"[data-testid^='host-worker-']\").length >= {NODES}"
        )
        page.wait_for_timeout(2_000)
    server.pace("real-time", SLOWLY)
    crowd = ThreadPoolExecutor(WAVES * CROWD)
    Thread(target=_waves, args=(crowd, server.address, name), daemon=True).start()
    count = NAIVE if naive else OURS
    for _ in range(240):  # until the crowd comes; a machine that never shows so many is measured at what it shows
        if page.evaluate(count) >= MESSAGES // 3:
            break
        page.wait_for_timeout(250)
    frames = page.evaluate(WATCH.replace("COUNT", count), WAVES * WAVE_S + 1)
    crowd.shutdown(wait=False, cancel_futures=True)
    server.pace("fastest")  # who has asked is answered, so that the next side begins with a still cluster
    page.wait_for_timeout(2_000)
    page.close()
    frames.sort(key=lambda frame: -frame[2])
    full = frames[: max(LEAST_FRAMES, sum(drawn >= MESSAGES for *_, drawn in frames))]
    return Watched(
        1000 * len(full) / sum(took_ms for took_ms, *_ in full), median(script_ms for _, script_ms, _ in full),
        median(drawn for *_, drawn in full),
    )


def _waves(crowd: ThreadPoolExecutor, address: str, name: str) -> None:
    for wave in range(WAVES):
        for number in range(CROWD):
            crowd.submit(_write, address, f"crowd-{name}-{wave}-{number}")
        if wave < WAVES - 1:
            time.sleep(WAVE_S)


def _median(watched: list[Watched]) -> Watched:
    return Watched(*(median(values) for values in zip(*watched, strict=True)))


def _write(address: str, name: str) -> None:
    """What one of many people does at once."""
    text = f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}"
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(f"{address}/api/apply", body, {"content-type": "application/json"})
    with contextlib.suppress(OSError):
        urllib.request.urlopen(request, timeout=30).close()
