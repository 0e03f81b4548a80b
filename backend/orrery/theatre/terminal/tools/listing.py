"""ls, pwd, cd, rm, df."""

from __future__ import annotations

from datetime import UTC, datetime

from orrery.kernel import SECOND
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.files import Entry
from orrery.theatre.terminal.options import Options, read
from orrery.theatre.terminal.toolbox import Place
from orrery.theatre.terminal.tools.text import hint

_DIRECTORY, _PLAIN = "\x1b[01;34m", "\x1b[0m"
_FLAGS = {
    "long": False,
    "all": False,
    "human-readable": False,
    "one": False,
    "recursive": False,
    "time": False,
    "reverse": False,
    "directory": False,
    "color": False,
}
_SHORT = {
    "l": "long",
    "a": "all",
    "A": "all",
    "h": "human-readable",
    "1": "one",
    "R": "recursive",
    "t": "time",
    "r": "reverse",
    "d": "directory",
}


async def ls(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, _FLAGS, _SHORT)
    code, blocks = 0, 0
    files: list[Entry] = []
    directories: list[str] = []
    for path in options.rest or ["."]:
        if place.files.is_directory(path) and "directory" not in options:
            directories.append(path)
        elif place.files.exists(path) or place.files.is_directory(path):
            files.append(Entry(path, place.files.size_bytes(path), place.files.is_directory(path)))
        else:
            invocation.stderr(f"ls: cannot access '{path}': No such file or directory\n")
            hint(place, invocation, path)
            code = 2
    if files:
        _show(place, invocation, options, "", files)
        blocks += 1
    while directories:
        path = directories.pop(0)
        entries = [e for e in place.files.entries(path) if "all" in options or not e.name.startswith(".")]
        if blocks or directories or "recursive" in options or len(options.rest) > 1:
            invocation.stdout(f"{chr(10) if blocks else ''}{path}:\n")
        _show(place, invocation, options, path, entries, total=True)
        blocks += 1
        if "recursive" in options:
            directories = [f"{path.rstrip('/')}/{e.name}" for e in entries if e.is_directory] + directories
    return code


def _show(
    place: Place, invocation: Invocation, options: Options, directory: str, entries: list[Entry], *, total: bool = False
) -> None:
    has = options.__contains__

    def changed_ns(entry: Entry) -> int:
        return place.files.changed_ns(f"{directory}/{entry.name}" if directory else entry.name)

    if has("time"):
        entries = sorted(entries, key=changed_ns, reverse=True)
    if has("reverse"):
        entries = entries[::-1]
    if not has("long"):
        _columns(invocation, [_name(invocation, entry) for entry in entries], one=has("one"))
        return
    if total:
        blocks = sum((entry.size_bytes + 4095) // 4096 * 4 for entry in entries)
        invocation.stdout(f"total {_human(blocks * 1024) if has('human-readable') else blocks}\n")
    sizes = [_human(entry.size_bytes) if has("human-readable") else str(entry.size_bytes) for entry in entries]
    width = max(map(len, sizes), default=0)
    for entry, size in zip(entries, sizes, strict=True):
        mode = "drwxr-xr-x 2" if entry.is_directory else "-rw------- 1"
        when = datetime.fromtimestamp(changed_ns(entry) // SECOND, UTC)
        stamp = f"{when:%b} {when.day:2} {when:%H:%M}"
        invocation.stdout(f"{mode} root root {size.rjust(width)} {stamp} {_name(invocation, entry)}\n")


def _name(invocation: Invocation, entry: Entry) -> str:
    return f"{_DIRECTORY}{entry.name}{_PLAIN}" if entry.is_directory and invocation.is_terminal else entry.name


def _columns(invocation: Invocation, names: list[str], *, one: bool) -> None:
    plain = [name.replace(_DIRECTORY, "").replace(_PLAIN, "") for name in names]
    width = max(map(len, plain), default=0) + 2
    per_row = 1 if one or not invocation.is_terminal else max(1, invocation.columns // width)
    rows = -(-len(names) // per_row)
    for row in range(rows):
        cells = [(names[i], width - len(plain[i])) for i in range(row, len(names), rows)]
        invocation.stdout("".join(name + " " * pad for name, pad in cells).rstrip() + "\n")


def _human(count: int) -> str:
    value, unit = float(count), ""
    for unit in ("", "K", "M", "G", "T"):
        if value < 1024 or unit == "T":
            break
        value /= 1024
    return f"{count}" if not unit else f"{value:.1f}{unit}" if value < 10 else f"{value:.0f}{unit}"


async def pwd(place: Place, invocation: Invocation) -> int:
    invocation.stdout(place.files.directory + "\n")
    return 0


async def cd(place: Place, invocation: Invocation) -> int:
    path = place.files.resolve(invocation.arguments[0] if invocation.arguments else "~")
    if not place.files.is_directory(path):
        reason = "Not a directory" if place.files.exists(path) else "No such file or directory"
        invocation.stderr(f"-sh: cd: {invocation.arguments[0] if invocation.arguments else '~'}: {reason}\n")
        return 1
    place.files.directory = place.variables["PWD"] = path
    return 0


async def rm(place: Place, invocation: Invocation) -> int:
    options = read(
        invocation.arguments, {"force": False, "recursive": False}, {"f": "force", "r": "recursive", "R": "recursive"}
    )
    code = 0
    for path in options.rest:
        try:
            place.files.remove(path)
        except OSError as error:
            if "force" not in options or "No such" not in str(error):
                invocation.stderr(f"rm: cannot remove '{path}': {error}\n")
                code = 1
    return code


async def touch(place: Place, invocation: Invocation) -> int:
    for path in invocation.arguments:
        try:
            place.files.write(path, place.files.text(path) or "")
        except OSError as error:
            invocation.stderr(f"touch: cannot touch '{path}': {error}\n")
            return 1
    return 0


async def df(place: Place, invocation: Invocation) -> int:
    read(invocation.arguments, {"human-readable": False}, {"h": "human-readable"})
    disk = place.host.disk
    total, used = disk.profile.capacity_bytes, disk.used_bytes
    row = f"{_human(total):>5} {_human(used):>5} {_human(max(0, total - used)):>5} {-(-100 * used // total):>3}%"
    invocation.stdout(f"Filesystem       Size  Used Avail Use% Mounted on\n/dev/vda1       {row} /\n")
    return 0
