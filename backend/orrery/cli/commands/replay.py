"""`orrery replay`."""

import json
import time
from pathlib import Path

import click

from orrery.cli.progress import Progress
from orrery.cli.trace_file import trace_file
from orrery.kernel.units import SECOND

FILE_MOST = 64 << 20  # bytes


@click.command(short_help="Run a saved run again and compare digests.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trace", "trace_path", type=click.Path(path_type=Path), metavar="FILE",
              help="Write the trace here, one JSON object a line.")
def command(file: Path, trace_path: Path | None) -> int:
    """Run a saved run again, as fast as it can, and compare the digest of its trace.

    FILE is what the page saves as a run, or the part of a link after "run=". Progress goes to stderr. The last line on
    stdout is one JSON object:

    \b
      virtual_s  virtual seconds run
      wall_s     seconds that took
      events     trace events
      sha256     of the trace
      same       whether it is the digest that the file says; false also ends with exit code 1
    """
    from orrery.theatre.chronicle import Chronicle
    from orrery.theatre.room import Room
    from orrery.theatre.runs import RunError, read_run

    try:
        if file.stat().st_size > FILE_MOST:
            raise click.ClickException(f"{file} is larger than {FILE_MOST >> 20} MiB: it is not the file of a run.")
        document = read_run(file.read_text())
        config = document.cluster()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} cannot be read: {getattr(error, 'strerror', '') or error}.") from None
    except RunError as error:
        raise click.ClickException(f"{file}: {error}.") from None
    begin_s = time.perf_counter()
    with trace_file(trace_path) as write, Progress() as progress:
        room = Room(document.seed, config, epoch_s=document.epoch_s, on_line=write)
        kernel = room.kernel
        again = room.retrace(document.taken(), document.until_ns, document.until_steps, told=Chronicle())
        try:
            for reached_ns in again:
                if progress.is_due():
                    progress.say(f"{reached_ns / SECOND:,.0f} of {document.until_ns / SECOND:,.0f} virtual seconds")
        except ValueError as error:
            raise click.ClickException(f"{file}: {error}.") from None
        digest = kernel.trace.digest()
    same = digest == document.digest if document.digest else None
    click.echo(json.dumps({
        "virtual_s": kernel.now_ns / SECOND, "wall_s": round(time.perf_counter() - begin_s, 3),
        "events": kernel.trace.count, "sha256": digest, "same": same,
    }))
    return 1 if same is False else 0
