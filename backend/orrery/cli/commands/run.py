"""`orrery run`."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orrery.cli.options import config_option, read_config, seed_option
from orrery.cli.progress import Progress
from orrery.cli.trace_file import trace_file
from orrery.cli.values import Span
from orrery.kernel.units import SECOND

if TYPE_CHECKING:
    from orrery.kernel import Kernel
    from orrery.theatre.acts import Acts
    from orrery.theatre.script import Cue

SLICE_NS = SECOND  # virtual time between two looks at whether progress is due


@click.command(short_help="Run a cluster without a browser.")
@seed_option
@config_option
@click.option(
    "--script", type=click.Path(path_type=Path), metavar="FILE",
    help="What people do during the run: a YAML list of steps, as below.",
)
@click.option(
    "--for", "span_ns", type=Span(), required=True, metavar="SPAN",
    help="How much virtual time to run, the boot included: 60s, 5m, 1h30m.",
)
@click.option("--trace", "trace_path", type=click.Path(path_type=Path), metavar="FILE",
              help="Write the trace here, one JSON object a line.")
def command(seed: int, config: Path | None, script: Path | None, span_ns: int, trace_path: Path | None) -> None:
    """Run a cluster without a browser, as fast as it can.

    A script is a list of steps, each with its virtual time, counted from the beginning:

    \b
      - at: 10s
        apply: web.yaml
      - at: 30s
        fault: crash-process
        component: cp-1/etcd
      - at: 1m
        scale: {namespace: default, name: web, replicas: 5}

    Progress goes to stderr. The last line on stdout is one JSON object:

    \b
      virtual_s  virtual seconds run
      wall_s     seconds that took
      events     trace events
      sha256     of the trace: the same seed, configuration and script give the same digest anywhere

    It is also the digest of the file that --trace writes.
    """
    cluster_config = read_config(config)
    cues = _read_script(script)
    from orrery.cluster import build
    from orrery.kernel import Kernel
    from orrery.theatre.acts import Acts
    from orrery.theatre.chaos import Chaos
    from orrery.theatre.production import CLIENT

    with trace_file(trace_path) as write, Progress() as progress:
        begin_s = time.perf_counter()
        kernel = Kernel(seed)
        if write is not None:
            kernel.trace.subscribe_lines(write)
        cluster = build(kernel, cluster_config)
        acts = Acts(kernel, kernel.process(CLIENT), cluster.api_address, Chaos(kernel))
        for cue in cues:
            if cue.at_ns <= span_ns:
                _advance(kernel, cue.at_ns, progress, begin_s)
                _perform(cue, acts)
        _advance(kernel, span_ns, progress, begin_s)
        digest = kernel.trace.digest()
        wall_s = time.perf_counter() - begin_s
    click.echo(json.dumps({
        "virtual_s": kernel.now_ns / SECOND, "wall_s": round(wall_s, 3), "events": kernel.trace.count,
        "sha256": digest,
    }))


def _read_script(path: Path | None) -> "list[Cue]":
    from orrery.theatre.script import ScriptError, read_script

    if path is None:
        return []
    try:
        return read_script(path)
    except OSError as error:
        raise click.ClickException(f"--script {path} cannot be read: {error.strerror}.") from None
    except ScriptError as error:
        raise click.ClickException(f"--script {path}: {error}.") from None


def _perform(cue: "Cue", acts: "Acts") -> None:
    try:
        cue.act(acts)
    except ValueError as error:
        raise click.ClickException(f"--script, at {cue.at_ns / SECOND:g} s: {error}.") from None


def _advance(kernel: "Kernel", until_ns: int, progress: Progress, begin_s: float) -> None:
    """Runs the kernel up to a time, saying how far it is."""
    while kernel.now_ns < until_ns:
        kernel.run_until(min(kernel.now_ns + SLICE_NS, until_ns))
        if progress.is_due():
            passed_s = time.perf_counter() - begin_s
            virtual_s = kernel.now_ns / SECOND
            progress.say(
                f"{virtual_s:,.0f} of {until_ns / SECOND:,.0f} virtual seconds, "
                f"{virtual_s / passed_s:,.0f} times real time, {kernel.trace.count:,} events"
            )
