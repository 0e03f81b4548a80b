"""`orrery bench`."""

from collections.abc import Callable, Iterable, Iterator

import click

from orrery.cli.bench import measure
from orrery.cli.progress import Progress


@click.command(short_help="Measure the kernel and the cluster.")
@click.option(
    "--repetitions", type=click.IntRange(1, 99), default=5, show_default=True,
    help="How often each side is measured; the median counts.",
)
@click.option("--only", type=click.Choice(["kernel", "cluster", "browser"]), help="Measure one of the three alone.")
@click.option(
    "--soak", type=click.FloatRange(0, 24 * 60), default=0.5, show_default=True, metavar="MINUTES",
    help="How long the page's memory is watched; 30 is what counts. 0: not at all.",
)
def command(repetitions: int, only: str | None, soak: float) -> None:
    """Measure the kernel and the cluster, as ratios side by side.

    \b
    kernel    events a second of Orrery's kernel and of SimPy, on the same workloads
    cluster   the default cluster idling: with its trace and without, and virtual seconds a second

    browser   the page in a real Chromium: first paint, clicks, a recorded hour, memory; and full, with 500 Pods on 50
              nodes and 300 messages in flight, beside a naive SVG page of the same

    The sides take turns, and the median of their repetitions counts. Figures depend on the machine and on what else it
    does; the ratios are what to compare. Takes a minute without the browser, some with it.
    """
    with Progress() as progress:
        parts: dict[str, Callable[[], Iterable[str]]] = {
            "kernel": lambda: [_kernel(repetitions, progress)],
            "cluster": lambda: [_cluster(repetitions, progress)],
            "browser": lambda: _browser(repetitions, progress, soak),
        }
        for part in parts if only is None else [only]:
            for text in parts[part]():
                click.echo(text)


def _kernel(repetitions: int, progress: Progress) -> str:
    from orrery.cli.bench import kernel_speed

    try:
        rows = kernel_speed.measure(repetitions, lambda: progress.say("measuring the kernel and SimPy in turns ..."))
    except ModuleNotFoundError as missing:
        if missing.name != "simpy":
            raise
        raise click.ClickException(
            "SimPy, the yardstick of the kernel's speed, is not installed: 'pip install simpy', or 'make bench' in a "
            "checkout; 'orrery bench --only cluster' does without it."
        ) from None
    return measure.table("Kernel", "Orrery", "SimPy", rows)


def _cluster(repetitions: int, progress: Progress) -> str:
    from orrery.cli.bench import cluster_speed

    progress.say("booting the default cluster ...")
    speed = cluster_speed.measure(repetitions, lambda: progress.say("the default cluster idles, traced and not ..."))
    return "\n".join([
        measure.table("Trace, default cluster idling", "traced", "untraced", [speed.traced, speed.digested]),
        measure.table("Default cluster idling, traced and digested", "virtual", "real", [speed.idle]),
    ])


def _browser(repetitions: int, progress: Progress, soak: float) -> Iterator[str]:
    """Each table as soon as it is there."""
    from orrery.cli.bench import browser_crowd, browser_speed, chromium

    say = progress.say
    try:
        with chromium.chromium() as browser:
            say("starting a server ...")
            with chromium.server() as server:
                rows = browser_speed.first_screen(browser, server, repetitions, say)
                page = chromium.new_page(browser)
                page.goto(f"{server.address}/?lang=en&theme=dark")
                rows += browser_speed.clicks(page, repetitions, say)
                rows += browser_speed.past(page, server, repetitions, say)
                rows += browser_speed.soak(page, server, soak, say) if soak else []
                page.close()
            yield measure.table("Browser", "limit", "measured", rows)
            say(f"starting a server with {browser_crowd.NODES} nodes ...")
            with chromium.server(browser_crowd.CLUSTER) as server:
                rows = browser_crowd.measure(browser, server, repetitions, say)
            yield measure.table("Browser, full", "first", "second", rows)
    except ModuleNotFoundError as missing:
        if missing.name != "playwright":
            raise
        yield "Browser: not measured, since Playwright is not installed; 'make bench-browser' in a checkout has it."
    except OSError as error:
        yield f"Browser: not measured: {error}."
