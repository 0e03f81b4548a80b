"""The file that `--trace` names."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import click


@contextlib.contextmanager
def trace_file(path: Path | None) -> Iterator[Callable[[bytes], object] | None]:
    """What takes the lines of a trace; None where no file is wanted. A ClickException where it cannot be written."""
    if path is None:
        yield None
        return
    try:
        file = path.open("wb")
    except OSError as error:
        raise click.ClickException(f"--trace {path} cannot be written: {error.strerror}.") from None
    with file:
        yield file.write
