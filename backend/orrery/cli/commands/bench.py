"""`orrery bench`."""

import click

from orrery.cli.bench import measure
from orrery.cli.progress import Progress


@click.command(short_help="Measure the kernel and the cluster.")
@click.option(
    "--repetitions", type=click.IntRange(1, 99), default=5, show_default=True,
    help="How often each side is measured; the median counts.",
)
@click.option("--only", type=click.Choice(["kernel", "cluster", "browser"]), help="Measure one of the three alone.")
def command(repetitions: int, only: str | None) -> None:
    """Measure the kernel and the cluster, as ratios side by side.

    \b
    kernel    events a second of Orrery's kernel and of SimPy, on the same workloads
    cluster   the default cluster idling: with its trace and without, and virtual seconds a second

    browser   the page in a real Chromium: from a click to the changed frame, and frames with 200 messages in flight

    The sides take turns, and the median of their repetitions counts. Figures depend on the machine and on what else it
    does; the ratios are what to compare. Takes about a minute.
    """
    with Progress() as progress:
        for part in PARTS if only is None else [only]:
            click.echo(PARTS[part](repetitions, progress))


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


def _browser(repetitions: int, progress: Progress) -> str:
    from orrery.cli.bench import browser_speed

    try:
        rows = browser_speed.measure(repetitions, progress.say)
    except ModuleNotFoundError as missing:
        if missing.name != "playwright":
            raise
        return "Browser: not measured, since Playwright is not installed; 'make bench' in a checkout has it."
    except OSError as error:
        return f"Browser: not measured: {error}."
    return measure.table("Browser", "first", "second", rows)


PARTS = {"kernel": _kernel, "cluster": _cluster, "browser": _browser}
