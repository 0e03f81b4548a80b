"""cat, head, tail, grep, wc, sort, uniq, tee."""

from __future__ import annotations

from collections.abc import AsyncIterator

from orrery.kernel import MILLISECOND, sleep
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.files import Files
from orrery.theatre.terminal.options import Options, UsageError, read
from orrery.theatre.terminal.toolbox import NoInput, Place
from orrery.theatre.terminal.tools.patterns import LINE_MOST, compile_pattern

_LOOK_AGAIN_NS = 100 * MILLISECOND
_MATCH, _PLAIN = "\x1b[01;31m", "\x1b[0m"


async def lines(place: Place, invocation: Invocation, paths: list[str], tool: str) -> AsyncIterator[str]:
    """The lines of the files, or of standard input without any."""
    for path in paths or ["-"]:
        if path == "-":
            if invocation.stdin is None:
                raise NoInput(f"{tool}: nothing is piped in, and no file is named")
            while (line := await invocation.stdin.line()) is not None:
                yield line
        else:
            for line in content(place, path, tool).splitlines():
                yield line


def content(place: Place, path: str, tool: str) -> str:
    text = place.files.text(path)
    if text is None:
        reason = "Is a directory" if place.files.is_directory(path) else "No such file or directory"
        raise NoInput(f"{tool}: {path}: {reason}")
    return text


async def cat(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, {"number": False, "show-ends": False}, {"n": "number", "E": "show-ends"})
    code, number = 0, 0
    for path in options.rest or ["-"]:
        try:
            if path != "-" and "number" not in options:
                invocation.stdout(content(place, path, "cat"))
                continue
            async for line in lines(place, invocation, [path], "cat"):
                number += 1
                head = f"{number:6}\t" if "number" in options else ""
                invocation.stdout(f"{head}{line}\n")
        except NoInput as error:
            invocation.stderr(f"{error}\n")
            code = 1
    return code


async def head(place: Place, invocation: Invocation) -> int:
    arguments = _old_style(invocation.arguments)
    options = read(arguments, {"lines": True, "quiet": False}, {"n": "lines", "q": "quiet"})
    most = options.number("lines", 10)
    for number, path in enumerate(options.rest or ["-"]):
        if len(options.rest) > 1:
            invocation.stdout(f"{'' if number == 0 else chr(10)}==> {path} <==\n")
        seen = 0
        async for line in lines(place, invocation, [path], "head"):
            if seen >= most:
                break
            invocation.stdout(line + "\n")
            seen += 1
            if seen >= most:
                break
    return 0


async def tail(place: Place, invocation: Invocation) -> int:
    flags = {"lines": True, "follow": False, "retry": False, "quiet": False}
    options = read(_old_style(invocation.arguments), flags, {"n": "lines", "f": "follow", "F": "follow", "q": "quiet"})
    text = options.last("lines", "10")
    from_start = text.startswith("+")
    if not text.lstrip("+-").isdigit():
        raise UsageError(f"invalid number of lines: ‘{text}’")
    count = int(text.lstrip("+-"))
    if not options.rest:
        kept = [line async for line in lines(place, invocation, [], "tail")]
        for line in kept[count - 1 :] if from_start else kept[len(kept) - min(count, len(kept)) :]:
            invocation.stdout(line + "\n")
        return 0
    code, positions = 0, {}
    for number, path in enumerate(options.rest):
        missing = not place.files.exists(path)
        if missing or place.files.is_directory(path):
            reason = "No such file or directory" if missing else "Is a directory"
            invocation.stderr(f"tail: cannot open '{path}' for reading: {reason}\n")
            if missing:
                hint(place, invocation, path)
            code = 1
            continue
        if len(options.rest) > 1:
            invocation.stdout(f"{'' if number == 0 else chr(10)}==> {path} <==\n")
        positions[path] = Follower(place.files, path)
        kept = (place.files.text(path) or "").splitlines()
        for line in kept[max(0, count - 1) :] if from_start else kept[len(kept) - min(count, len(kept)) :]:
            invocation.stdout(line + "\n")
    while "follow" in options and positions:
        await sleep(_LOOK_AGAIN_NS)
        for follower in positions.values():
            for line in follower.news():
                invocation.stdout(line)
    return code


def hint(place: Place, invocation: Invocation, path: str) -> None:
    """Says where such a file is, if it is on other hosts."""
    resolved = place.files.resolve(path)
    hosts = [host.name for host in place.world.kernel.hosts.values() if host.disk.exists(resolved)]
    if hosts:
        where = ", ".join(hosts)
        ko, en = f"({path} 파일은 {where}에 있습니다: ssh {hosts[0]})", f"({path} is on {where}: ssh {hosts[0]})"
        invocation.stderr(place.said(ko, en) + "\n")


class Follower:
    """What is added to a file of the host's disk, as `tail -f` sees it. Records may be dropped from its front."""

    def __init__(self, files: Files, path: str) -> None:
        self._disk = files.host.disk
        self._path = files.resolve(path)
        self._count = self._disk.count(self._path)
        self._last = self._record(self._count - 1)

    def news(self) -> list[str]:
        count = self._disk.count(self._path)
        if count == self._count and self._record(count - 1) is self._last:
            return []
        first = self._count
        if self._record(self._count - 1) is not self._last or count < self._count:
            records = self._disk.records(self._path)
            first = next((i + 1 for i in range(len(records) - 1, -1, -1) if records[i] is self._last), 0)
        added = self._disk.records(self._path, first)
        self._count, self._last = count, self._record(count - 1)
        return [record.decode("utf-8", "backslashreplace") for record in added]

    def _record(self, number: int) -> bytes | None:
        found = self._disk.records(self._path, number)[:1] if number >= 0 else ()
        return found[0] if found else None


_GREP = {
    "ignore-case": False,
    "invert-match": False,
    "count": False,
    "extended-regexp": False,
    "fixed-strings": False,
    "basic-regexp": False,
    "line-number": False,
    "only-matching": False,
    "word-regexp": False,
    "quiet": False,
    "no-messages": False,
    "with-filename": False,
    "no-filename": False,
    "files-with-matches": False,
    "max-count": True,
    "after-context": True,
    "before-context": True,
    "context": True,
    "regexp": True,
    "color": False,
    "colour": False,
    "line-buffered": False,
    "perl-regexp": False,
}
_GREP_SHORT = {
    "i": "ignore-case",
    "v": "invert-match",
    "c": "count",
    "E": "extended-regexp",
    "F": "fixed-strings",
    "G": "basic-regexp",
    "n": "line-number",
    "o": "only-matching",
    "w": "word-regexp",
    "q": "quiet",
    "s": "no-messages",
    "H": "with-filename",
    "h": "no-filename",
    "l": "files-with-matches",
    "m": "max-count",
    "A": "after-context",
    "B": "before-context",
    "C": "context",
    "e": "regexp",
    "P": "perl-regexp",
}


async def grep(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, _GREP, _GREP_SHORT)
    patterns = options.all("regexp") or options.rest[:1]
    paths = options.rest if "regexp" in options else options.rest[1:]
    if not patterns:
        raise UsageError("usage: grep [OPTION]... PATTERNS [FILE]...")
    expressions = [
        compile_pattern(
            pattern,
            extended="extended-regexp" in options or "perl-regexp" in options,
            fixed="fixed-strings" in options,
            ignore_case="ignore-case" in options,
            whole_word="word-regexp" in options,
        )
        for pattern in patterns
    ]
    after = options.number("after-context", options.number("context", 0))
    before = options.number("before-context", options.number("context", 0))
    most = options.number("max-count", 1 << 60)
    names = ("with-filename" in options or len(paths) > 1) and "no-filename" not in options
    found_any, code = False, 0
    for path in paths or ["-"]:
        waiting: list[tuple[int, str]] = []
        found = number = trailing = 0
        try:
            async for line in lines(place, invocation, [path], "grep"):
                number += 1
                text = line[:LINE_MOST]
                hits = [match for expression in expressions for match in expression.finditer(text) if match[0]]
                matches = bool(hits) or any(expression.search(text) for expression in expressions)
                if matches == ("invert-match" in options):
                    if trailing:
                        trailing -= 1
                        _say(invocation, path, names, options, number, line, "-")
                    elif before:
                        waiting = [*waiting, (number, line)][-before:]
                    continue
                found += 1
                if "quiet" in options:
                    return 0
                if "count" in options or "files-with-matches" in options:
                    continue
                for early, kept in waiting:
                    _say(invocation, path, names, options, early, kept, "-")
                waiting, trailing = [], after
                if "only-matching" in options:
                    for match in hits:
                        _say(invocation, path, names, options, number, match[0], ":", whole=True)
                else:
                    spans = [match.span() for match in hits] if "invert-match" not in options else []
                    _say(invocation, path, names, options, number, line, ":", spans)
                if found >= most:
                    break
        except NoInput as error:
            if "no-messages" not in options:
                invocation.stderr(f"{error}\n")
            code = 2
        found_any = found_any or found > 0
        if "count" in options:
            invocation.stdout(f"{path + ':' if names else ''}{found}\n")
        elif "files-with-matches" in options and found:
            invocation.stdout(f"{path}\n")
    return code or (0 if found_any else 1)


def _say(
    invocation: Invocation,
    path: str,
    names: bool,
    options: Options,
    number: int,
    line: str,
    mark: str,
    spans: list[tuple[int, int]] | None = None,
    *,
    whole: bool = False,
) -> None:
    head = (f"{path}{mark}" if names else "") + (f"{number}{mark}" if "line-number" in options else "")
    if invocation.is_terminal and whole:
        line = f"{_MATCH}{line}{_PLAIN}"
    elif invocation.is_terminal and spans:
        line = _coloured(line, spans)
    invocation.stdout(f"{head}{line}\n")


def _coloured(line: str, spans: list[tuple[int, int]]) -> str:
    result, at = "", 0
    for begin, end in sorted(spans):
        if begin < at:
            continue
        result += f"{line[at:begin]}{_MATCH}{line[begin:end]}{_PLAIN}"
        at = end
    return result + line[at:]


async def wc(place: Place, invocation: Invocation) -> int:
    flags = {"lines": False, "words": False, "bytes": False, "chars": False}
    options = read(invocation.arguments, flags, {"l": "lines", "w": "words", "c": "bytes", "m": "chars"})
    wanted = [name for name in ("lines", "words", "bytes", "chars") if name in options] or ["lines", "words", "bytes"]
    totals, code = dict.fromkeys(wanted, 0), 0
    for path in options.rest or ["-"]:
        try:
            text = "".join([line + "\n" async for line in lines(place, invocation, [path], "wc")])
        except NoInput as error:
            invocation.stderr(f"{error}\n")
            code = 1
            continue
        counts = {
            "lines": text.count("\n"),
            "words": len(text.split()),
            "bytes": len(text.encode()),
            "chars": len(text),
        }
        for name in wanted:
            totals[name] += counts[name]
        _counts(invocation, [counts[name] for name in wanted], "" if path == "-" else path)
    if len(options.rest) > 1:
        _counts(invocation, list(totals.values()), "total")
    return code


def _counts(invocation: Invocation, counts: list[int], name: str) -> None:
    numbers = str(counts[0]) if len(counts) == 1 else " ".join(f"{count:7}" for count in counts)
    invocation.stdout(f"{numbers}{' ' + name if name else ''}\n")


async def sort(place: Place, invocation: Invocation) -> int:
    flags = {"reverse": False, "numeric-sort": False, "unique": False, "key": True}
    options = read(invocation.arguments, flags, {"r": "reverse", "n": "numeric-sort", "u": "unique", "k": "key"})
    kept = [line async for line in lines(place, invocation, options.rest, "sort")]
    column = int(options.last("key", "0").partition(",")[0].rstrip("nr") or 0)

    def by(line: str) -> tuple[float, str]:
        text = " ".join(line.split()[column - 1 :]) if column else line
        digits = text.strip().partition(" ")[0]
        number = (
            float(digits) if "numeric-sort" in options and digits.replace(".", "", 1).lstrip("-").isdigit() else 0.0
        )
        return number, text

    kept.sort(key=by, reverse="reverse" in options)
    for line in dict.fromkeys(kept) if "unique" in options else kept:
        invocation.stdout(line + "\n")
    return 0


async def uniq(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, {"count": False}, {"c": "count"})
    groups: list[tuple[str, int]] = []
    async for line in lines(place, invocation, options.rest, "uniq"):
        if groups and groups[-1][0] == line:
            groups[-1] = (line, groups[-1][1] + 1)
        else:
            groups.append((line, 1))
    for line, count in groups:
        invocation.stdout(f"{count:7} {line}\n" if "count" in options else f"{line}\n")
    return 0


async def tee(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, {"append": False}, {"a": "append"})
    kept: list[str] = []
    async for line in lines(place, invocation, [], "tee"):
        invocation.stdout(line + "\n")
        kept.append(line + "\n")
    for path in options.rest:
        try:
            before = place.files.text(path) or "" if "append" in options else ""
            place.files.write(path, before + "".join(kept))
        except OSError as error:
            invocation.stderr(f"tee: {path}: {error}\n")
            return 1
    return 0


def _old_style(arguments: tuple[str, ...]) -> list[str]:
    """-5 and -20f mean -n 5 and -n 20 -f."""
    result: list[str] = []
    for word in arguments:
        digits = word[1:].rstrip("f")
        if word.startswith("-") and digits.isdigit():
            result += ["-n", digits, *(["-f"] if word.endswith("f") else [])]
        else:
            result.append(word)
    return result
