"""Progress of long work, on stderr: one line that is rewritten on a terminal, a line now and then elsewhere."""

import sys
import time

import click

_TERMINAL_EVERY_S = 0.2
_ELSEWHERE_EVERY_S = 5.0


class Progress:
    """Says how far the work is, neither too often nor too seldom.

    Used as a context manager: leaving it ends the line that a terminal was showing.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._every_s = _TERMINAL_EVERY_S if self._terminal else _ELSEWHERE_EVERY_S
        self._last_s = time.monotonic()
        self._showing = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._showing:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._showing = False

    def is_due(self) -> bool:
        """Whether enough time has passed for another line: ask before making its text."""
        return time.monotonic() - self._last_s >= self._every_s

    def say(self, text: str) -> None:
        """Shows a line whose place the next one takes."""
        self._last_s = time.monotonic()
        if self._terminal:
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)
            self._showing = True
        else:
            click.echo(text, err=True)

    def tell(self, text: str) -> None:
        """Shows a line that stays."""
        self.__exit__()
        click.echo(text, err=True)
