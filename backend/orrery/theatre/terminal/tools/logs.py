"""journalctl and systemctl: what a host's journal holds, and its services."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from orrery.kernel import SECOND, Process
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.journal import DESCRIPTIONS, Entry
from orrery.theatre.terminal.options import Options, UsageError, read
from orrery.theatre.terminal.toolbox import Place

_FLAGS = {
    "unit": True,
    "follow": False,
    "lines": True,
    "since": True,
    "until": True,
    "output": True,
    "reverse": False,
    "no-pager": False,
    "boot": False,
    "pager-end": False,
    "catalog": False,
    "priority": True,
    "grep": True,
    "dmesg": False,
    "identifier": True,
    "merge": False,
    "quiet": False,
    "utc": False,
    "all": False,
    "no-hostname": False,
}
_SHORT = {
    "u": "unit",
    "f": "follow",
    "n": "lines",
    "S": "since",
    "U": "until",
    "o": "output",
    "r": "reverse",
    "b": "boot",
    "e": "pager-end",
    "x": "catalog",
    "p": "priority",
    "g": "grep",
    "k": "dmesg",
    "t": "identifier",
    "m": "merge",
    "q": "quiet",
    "a": "all",
}
_LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
_OUTPUTS = ("short", "short-iso", "short-precise", "short-full", "cat", "json")
_AGO = re.compile(r"-?(\d+)\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)(?:\s+ago)?")
_SPANS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BOLD_RED, _BOLD, _YELLOW, _PLAIN = "\x1b[0;1;31m", "\x1b[0;1;39m", "\x1b[0;1;38;5;185m", "\x1b[0m"
_KLOG = {2: "F", 3: "E", 4: "W", 6: "I", 7: "I"}


async def journalctl(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, _FLAGS, _SHORT, optional=("lines",))
    output = options.last("output", "short")
    if output not in _OUTPUTS:
        raise UsageError(f"Unknown output '{output}'.")
    journal = place.world.journal
    units = [unit.removesuffix(".service") for unit in options.all("unit")]
    hosts = _hosts(place, invocation, options, units)
    keeps = _filter(place, options, units)
    found = [entry for entry in journal.entries(hosts) if keeps(entry)]
    count = options.last("lines")
    if "lines" in options or "follow" in options or "pager-end" in options:
        most = (
            len(found)
            if count == "all"
            else int(count)
            if count.isdigit()
            else 10
            if "pager-end" not in options
            else 1000
        )
        found = found[len(found) - min(most, len(found)) :]
    last = journal.last
    for entry in reversed(found) if "reverse" in options else found:
        invocation.stdout(
            line_of(entry, output, coloured=invocation.is_terminal, host="no-hostname" not in options) + "\n"
        )
    if "follow" not in options:
        if not found and "quiet" not in options:
            invocation.stdout("-- No entries --\n")
        return 0
    news = journal.follow()
    try:
        while True:
            await news.wait()
            news.clear()
            for entry in journal.since(hosts, last):
                last = max(last, entry.number)
                if keeps(entry):
                    invocation.stdout(line_of(entry, output, coloured=invocation.is_terminal) + "\n")
    finally:
        journal.leave(news)


def _hosts(place: Place, invocation: Invocation, options: Options, units: list[str]) -> list[str]:
    """Whose journals are read: this host's. Where it has none of the units, those of the hosts that have one, as
    `--merge` reads the journals that were brought together; that is said."""
    everywhere = [host.name for host in place.world.kernel.hosts.values()]
    if "merge" in options:
        return everywhere
    here = place.host
    if not units or any(unit in here.processes for unit in units):
        return [here.name]
    others = [name for name in everywhere if any(unit in place.world.kernel.hosts[name].processes for unit in units)]
    if not others:
        return [here.name]
    names = ", ".join(units)
    where = ", ".join(others)
    ko = f"-- {here.name}에는 {names} 유닛이 없어 {where}의 저널을 함께 보여 줍니다 (하나만 보려면 ssh {others[0]}) --"
    en = f"-- {here.name} runs no {names}: the journals of {where} (for one alone: ssh {others[0]}) --"
    invocation.stderr(place.said(ko, en) + "\n")
    return others


def _filter(place: Place, options: Options, units: list[str]) -> Callable[[Entry], bool]:
    priority = options.last("priority", "debug")
    most = _LEVELS.index(priority) if priority in _LEVELS else int(priority) if priority.isdigit() else -1
    if most < 0:
        raise UsageError(f"Unknown log level {priority}")
    now_ns = place.host.wall_ns()
    since_ns = _instant(options.last("since"), now_ns) if "since" in options else None
    until_ns = _instant(options.last("until"), now_ns) if "until" in options else None
    words = options.last("grep").lower() if options.last("grep").islower() else options.last("grep")
    ignore_case = words.islower()
    identifiers = options.all("identifier")

    def keeps(entry: Entry) -> bool:
        text = entry.text.lower() if ignore_case else entry.text
        return (
            (not units or entry.unit in units)
            and entry.priority <= most
            and (since_ns is None or entry.wall_ns >= since_ns)
            and (until_ns is None or entry.wall_ns <= until_ns)
            and (not words or words in text)
            and (not identifiers or entry.identifier in identifiers)
            and ("dmesg" not in options or entry.identifier == "kernel")
        )

    return keeps


def _instant(text: str, now_ns: int) -> int:
    """Unix nanoseconds of what --since takes. Raises UsageError."""
    now = datetime.fromtimestamp(now_ns // SECOND, UTC)
    text = text.strip()
    if text == "now":
        return now_ns
    if text in ("today", "yesterday"):
        midnight = now.replace(hour=0, minute=0, second=0)
        return (int(midnight.timestamp()) - (86400 if text == "yesterday" else 0)) * SECOND
    match = _AGO.fullmatch(text)
    if match is not None and (text.startswith("-") or text.endswith("ago")):
        return now_ns - int(match[1]) * _SPANS_S[match[2][0]] * SECOND
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M:%S", "%H:%M"):
        try:
            found = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if "%Y" not in form:
            found = found.replace(year=now.year, month=now.month, day=now.day)
        return int(found.timestamp()) * SECOND
    raise UsageError(f"Failed to parse timestamp: {text}")


def line_of(entry: Entry, output: str = "short", *, coloured: bool = False, host: bool = True) -> str:
    """One entry as journald prints it. What Kubernetes' components log bears klog's header."""
    text = _message(entry)
    if output == "cat":
        return text
    seconds, rest_ns = divmod(entry.wall_ns, SECOND)
    when = datetime.fromtimestamp(seconds, UTC)
    if output == "json":
        return orjson.dumps(
            {
                "__REALTIME_TIMESTAMP": str(entry.wall_ns // 1000),
                "_HOSTNAME": entry.host,
                "PRIORITY": str(entry.priority),
                "SYSLOG_IDENTIFIER": entry.identifier,
                "_PID": str(entry.pid),
                "MESSAGE": text,
                "_SYSTEMD_UNIT": f"{entry.unit}.service",
            }
        ).decode()
    stamps = {
        "short": f"{when:%b %d %H:%M:%S}",
        "short-precise": f"{when:%b %d %H:%M:%S}.{rest_ns // 1000:06d}",
        "short-iso": f"{when:%Y-%m-%dT%H:%M:%S}+0000",
        "short-full": f"{when:%a %Y-%m-%d %H:%M:%S} UTC",
    }
    if coloured and entry.priority <= 5:
        hue = _BOLD_RED if entry.priority <= 3 else _YELLOW if entry.priority == 4 else _BOLD
        text = f"{hue}{text}{_PLAIN}"
    owner = entry.identifier if entry.identifier == "kernel" else f"{entry.identifier}[{entry.pid}]"
    return f"{stamps[output]} {entry.host + ' ' if host else ''}{owner}: {text}"


def _message(entry: Entry) -> str:
    if entry.identifier != entry.unit or not (entry.unit.startswith("kube-") or entry.unit == "kubelet"):
        return entry.text
    seconds, rest_ns = divmod(entry.wall_ns, SECOND)
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{_KLOG[entry.priority]}{when:%m%d %H:%M:%S}.{rest_ns // 1000:06d} {entry.pid:>7}] {entry.text}"


async def systemctl(place: Place, invocation: Invocation) -> int:
    options = read(
        invocation.arguments,
        {"no-pager": False, "full": False, "type": True, "all": False, "lines": True},
        {"l": "full", "t": "type", "a": "all", "n": "lines"},
    )
    verb, names = (
        (options.rest[0] if options.rest else "list-units"),
        [n.removesuffix(".service") for n in options.rest[1:]],
    )
    if verb in ("list-units", "list-unit-files"):
        _list_units(place, invocation)
        return 0
    code = 0
    for name in names or ([""] if verb == "status" else []):
        process = place.host.processes.get(name)
        if process is None or name not in DESCRIPTIONS:
            invocation.stderr(f"Unit {name}.service could not be found.\n")
            code = 4
        elif verb == "status":
            code = max(code, _status(place, invocation, process, options.number("lines", 10)))
        elif verb == "is-active":
            invocation.stdout(("active" if process.alive else "inactive" if process.kept_down else "failed") + "\n")
            code = max(code, 0 if process.alive else 3)
        elif verb in ("start", "restart", "stop"):
            fault = "crash-process" if verb == "stop" else "restart-process"
            if verb != "start" or not process.alive:
                place.world.kernel.faults.apply(fault, component=process.id)
        else:
            raise UsageError(f"Unknown command verb '{verb}'.")
    return code


def _status(place: Place, invocation: Invocation, process: Process, most: int) -> int:
    journal = place.world.journal
    alive = process.alive
    name = process.name
    dot = "●" if alive else "○" if process.kept_down else "×"
    hue = "\x1b[0;1;32m" if alive else "" if process.kept_down else _BOLD_RED
    mark = (lambda text: f"{hue}{text}{_PLAIN}") if invocation.is_terminal and hue else str
    started = datetime.fromtimestamp(
        (place.host.wall_ns() - place.world.kernel.now_ns + process.started_ns) // SECOND, UTC
    )
    state = "active (running)" if alive else "inactive (dead)" if process.kept_down else "activating (auto-restart)"
    invocation.stdout(f"{mark(dot)} {name}.service - {DESCRIPTIONS[name]}\n")
    invocation.stdout(f"     Loaded: loaded (/lib/systemd/system/{name}.service; enabled; preset: enabled)\n")
    since = f" since {started:%a %Y-%m-%d %H:%M:%S} UTC" if alive else ""
    invocation.stdout(f"     Active: {mark(state)}{since}\n")
    if alive:
        invocation.stdout(f"   Main PID: {journal.pid(place.host.name, name)} ({name})\n")
    invocation.stdout("\n")
    found = [entry for entry in journal.entries([place.host.name]) if entry.unit == name]
    for entry in found[len(found) - min(most, len(found)) :]:
        invocation.stdout(line_of(entry, coloured=invocation.is_terminal) + "\n")
    return 0 if alive else 3


def _list_units(place: Place, invocation: Invocation) -> None:
    invocation.stdout(f"  {'UNIT':<34} {'LOAD':<6} {'ACTIVE':<8} {'SUB':<8} DESCRIPTION\n")
    for process in place.host.processes.values():
        if process.name in DESCRIPTIONS:
            active, sub = ("active", "running") if process.alive else ("failed", "failed")
            invocation.stdout(
                f"  {process.name + '.service':<34} loaded {active:<8} {sub:<8} {DESCRIPTIONS[process.name]}\n"
            )
