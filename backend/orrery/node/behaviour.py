"""What a container does once it is started: a pure function of its image and of its command.

This stands in for the program inside. It says how long it runs and how it ends, when it begins to answer and on which
ports, which files are there when, and how it takes SIGTERM. A process that is a shell or ``sleep`` runs as process 1
without a handler of its own, so that it ignores SIGTERM and is killed when its grace is over, as people know it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orrery.node.images import ImageProfile
from orrery.node.shell import COMMANDS, Run, execute, interpret

_SHELLS = ("sh", "bash", "ash", "dash")
_ROUNDS_KEPT = 10_000  # of what an endless loop has printed: a log file is cut, too
_LIVENESS_FAILS_NS = 10_000_000_000
_PORT = re.compile(r"-{1,2}(?:http-|listen-)?port[= ](\d+)|-listen[= ]:(\d+)|\bnetexec\b.*--http-port[= ](\d+)")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """``error``: why it cannot be started at all. ``run_ns`` None: until it is stopped. ``ports`` None: it answers on
    whatever port it is asked. ``healthy_ns`` None: its health never fails."""

    error: str = ""
    run_ns: int | None = None
    exit_code: int = 0
    ready_ns: int = 0
    ports: tuple[int, ...] | None = ()
    paths: tuple[str, ...] = ()
    healthy_ns: int | None = None
    files: tuple[tuple[int, str, bool], ...] = ()
    heeds_sigterm: bool = True
    stop_ns: int = 50_000_000
    stop_code: int = 0
    prints: tuple[tuple[int, str], ...] = ()
    again_ns: int = 0
    period_ns: int = 0

    def printed(self, from_ns: int, to_ns: int) -> list[tuple[int, str]]:
        """What it writes to its output from one time after its start on, before another: (when, line)."""
        lines = [(at_ns, line) for at_ns, line in self.prints if from_ns <= at_ns < to_ns]
        if not self.period_ns:
            return lines
        repeated = [(at_ns, line) for at_ns, line in self.prints if at_ns >= self.again_ns]
        first = max(1, (from_ns - self.again_ns) // self.period_ns - 1)
        last = (to_ns - self.again_ns) // self.period_ns + 1
        first = max(first, last - _ROUNDS_KEPT)
        for round_ in range(first, last + 1):
            shift_ns = round_ * self.period_ns
            lines += [(at_ns + shift_ns, line) for at_ns, line in repeated if from_ns <= at_ns + shift_ns < to_ns]
        return lines

    def file_exists(self, path: str, after_ns: int) -> bool:
        """Whether a file that the program writes is there, so long after the start."""
        there = False
        for at_ns, touched, exists in self.files:
            if touched == path and at_ns <= after_ns:
                there = exists
        return there

    def http_status(self, port: int, path: str, after_ns: int) -> int | None:
        """The status that an HTTP GET is answered with; None: the connection is refused."""
        if not self.accepts(port, after_ns):
            return None
        if self.healthy_ns is not None and after_ns > self.healthy_ns:
            return 500
        bare = path.partition("?")[0]
        return 200 if not self.paths or bare in self.paths else 404

    def accepts(self, port: int, after_ns: int) -> bool:
        """Whether a connection to the port is taken, so long after the start."""
        return after_ns >= self.ready_ns and (self.ports is None or port in self.ports)


def behaviour_of(
    profile: ImageProfile, command: tuple[str, ...], args: tuple[str, ...], declared_ports: tuple[int, ...] = ()
) -> Behaviour:
    """What a container of this image does with the command and args of its Pod (empty: the image's own)."""
    entrypoint = command or profile.entrypoint
    argv = [*entrypoint, *(args or (() if command else profile.cmd))]
    if not argv:
        return Behaviour(error="no command specified")
    name = argv[0].rpartition("/")[2]
    if profile.name.endswith("/pause"):
        return Behaviour()  # it holds the network namespace, and answers nobody
    if not command and profile.server:
        return _server(profile, argv, declared_ports)
    if name in _SHELLS:
        return _shell(argv, declared_ports)
    if profile.cmd[:1] == (argv[0],) and profile.server:
        return _server(profile, argv, declared_ports)
    if profile.shell and not args and argv == [*profile.cmd]:
        return Behaviour(run_ns=20_000_000)  # an interpreter without a terminal has nothing to read
    if name in COMMANDS:
        return _from_run(execute(argv), declared_ports)
    if profile.server:
        return _server(profile, argv, declared_ports)
    if profile.shell:
        return Behaviour(error=f'exec: "{argv[0]}": executable file not found in $PATH')
    return Behaviour(run_ns=50_000_000)


def _server(profile: ImageProfile, argv: list[str], declared_ports: tuple[int, ...]) -> Behaviour:
    healthy_ns = _LIVENESS_FAILS_NS if "liveness" in argv and profile.name.endswith("/agnhost") else None
    asked = [int(number) for match in _PORT.finditer(" ".join(argv)) for number in match.groups() if number]
    ports = tuple(asked) or profile.ports
    return Behaviour(
        ready_ns=profile.ready_ns,
        ports=ports if ports else (declared_ports or None),
        paths=profile.paths,
        healthy_ns=healthy_ns,
        stop_ns=profile.stop_ns,
        stop_code=profile.stop_code,
        prints=tuple((profile.ready_ns * number // max(1, len(profile.log)), line)
                     for number, line in enumerate(profile.log)),
    )


def _shell(argv: list[str], declared_ports: tuple[int, ...]) -> Behaviour:
    for position, word in enumerate(argv[1:], start=1):
        if word.startswith("-") and word.endswith("c") and position + 1 < len(argv):
            return _from_run(interpret(argv[position + 1]), declared_ports)
    if len(argv) == 1:
        return Behaviour(run_ns=20_000_000)  # no terminal, no script: the shell reads the end of its input
    return Behaviour(run_ns=100_000_000)


def _from_run(run: Run, declared_ports: tuple[int, ...]) -> Behaviour:
    return Behaviour(
        run_ns=None if run.duration_ns is None else max(run.duration_ns, 5_000_000),
        exit_code=run.exit_code,
        ports=declared_ports,
        files=tuple(run.files),
        prints=tuple(run.prints),
        again_ns=run.again_ns,
        period_ns=run.period_ns,
        heeds_sigterm=False,
    )
