"""A very small shell: how long a script runs, how it ends, and which files it touches on the way.

It knows what teaching examples are written with: lists (``;``, ``&&``, ``||``), ``while true``, ``for``, ``sleep``,
``exit``, ``touch``, ``rm`` and redirections. Everything else is a command that succeeds at once.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

_SECOND_NS = 1_000_000_000
_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_SEQUENCE = re.compile(r"\$\(\s*seq\s+(?:(\d+)\s+)?(\d+)\s*\)|\{(\d+)\.\.(\d+)\}")
_ROUNDS_MOST = 10_000

# Stand in printed text for what is known only when it is printed.
DATE, HOSTNAME = "\0date", "\0hostname"

# What a general image can run. Anything else is not found there.
COMMANDS = frozenset((
    "sh", "bash", "ash", "dash", "env", "echo", "printf", "true", "false", "sleep", "exit", "cat", "ls", "cp",
    "mv", "rm", "mkdir", "touch", "test", "[", ":", "date", "id", "whoami", "hostname", "seq", "head", "tail",
    "grep", "sed", "awk", "wc", "sort", "uniq", "cut", "tr", "tee", "find", "xargs", "ps", "top", "kill", "stat",
    "chmod", "chown", "ln", "pwd", "cd", "export", "set", "unset", "read", "wget", "curl", "nc", "nslookup",
    "ping", "ip", "ifconfig", "perl", "python", "python3", "node", "npm", "go", "pip", "java", "apk", "apt-get",
    "dd", "df", "du", "free", "mount", "uname", "yes", "timeout", "trap", "wait", "exec", "eval", "source", ".",
    "httpd", "nice", "nohup", "watch", "vi", "tar", "gzip", "gunzip", "md5sum", "sha256sum",
))  # fmt: skip


class _Ended(Exception):
    """The script has come to its end."""


class _Forever(Exception):
    """The script goes on until it is stopped."""


@dataclass(slots=True)
class Run:
    """What a script does: ``duration_ns`` None means until it is stopped. ``files``: (when, path, there or gone).
    ``prints``: (when, line); from ``again_ns`` on what was printed since comes again every ``period_ns`` (0: never)."""

    duration_ns: int | None = 0
    exit_code: int = 0
    files: list[tuple[int, str, bool]] = field(default_factory=list)
    prints: list[tuple[int, str]] = field(default_factory=list)
    again_ns: int = 0
    period_ns: int = 0


def sleep_ns(arguments: list[str]) -> int | None:
    """How long ``sleep`` with these arguments takes; None: for ever. ValueError for what it would not take."""
    total_ns = 0
    for argument in arguments:
        if argument == "infinity":
            return None
        match = _SPAN.fullmatch(argument)
        if match is None:
            raise ValueError(f"sleep: invalid time interval '{argument}'")
        whole, _, part = match[1].partition(".")
        amount_ns = int(whole) * _SECOND_NS + int((part + "0" * 9)[:9])
        total_ns += amount_ns * _UNITS_S[match[2]]
    return total_ns


def interpret(script: str) -> Run:
    """What happens when a shell runs this script."""
    machine = _Machine()
    try:
        machine.block(_words(script))
    except _Ended:
        pass
    except _Forever:
        machine.run.duration_ns = None
    else:
        machine.run.exit_code = machine.status
    return machine.run


def execute(argv: list[str]) -> Run:
    """What happens when a command is run directly, as process 1."""
    machine = _Machine()
    try:
        machine.command(argv)
        machine.run.exit_code = machine.status
    except _Ended:
        pass
    except _Forever:
        machine.run.duration_ns = None
    return machine.run


def _words(script: str) -> list[str]:
    lexer = shlex.shlex(script.replace("\n", " ; "), posix=True, punctuation_chars=";&|<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        words = script.split()
    return words


class _Machine:
    """Runs words, and keeps the time that passes."""

    def __init__(self) -> None:
        self.run = Run()
        self.status = 0
        self._now_ns = 0
        self._variables: dict[str, str] = {}
        self._redirected_away = False

    def block(self, words: list[str]) -> None:
        position = 0
        skip = False
        while position < len(words):
            word = words[position]
            if word in (";", "&", ";;"):
                skip, position = False, position + 1
            elif word in ("&&", "||"):
                skip, position = (self.status != 0) == (word == "&&"), position + 1
            elif word == "|":
                skip, position = False, position + 1
            elif word in ("while", "until", "for"):
                end = _loop_end(words, position)
                if not skip:
                    self._loop(words[position:end])
                position = end
            else:
                end = position
                while end < len(words) and words[end] not in (";", "&", "&&", "||", "|", ";;"):
                    end += 1
                if not skip:
                    self.command(words[position:end])
                position = end

    def command(self, words: list[str]) -> None:
        words = self._redirected(words)
        while words and (words[0] in ("then", "do", "else", "fi", "done", "exec", "time", "{", "}", "nohup")
                         or re.fullmatch(r"[A-Za-z_]\w*=\S*", words[0])):
            words = words[1:]
        if not words:
            return
        name, arguments = words[0].rpartition("/")[2], words[1:]
        self.status = 0
        if name == "sleep":
            self._sleep(arguments)
        elif name == "exit":
            self.run.exit_code = int(arguments[0]) % 256 if arguments and arguments[0].isdigit() else self.status
            raise _Ended
        elif name == "false":
            self.status = 1
        elif name in ("echo", "printf", "date", "hostname"):
            self._print(name, arguments)
        elif name in ("touch", "rm"):
            for path in arguments:
                if not path.startswith("-"):
                    self.run.files.append((self._now_ns, path, name == "touch"))
        elif name == "tail" and "-f" in arguments or name in ("top", "yes", "httpd", "watch"):
            raise _Forever
        elif name in ("sh", "bash", "ash") and arguments[:1] in (["-c"], ["-ec"], ["-xc"]) and len(arguments) > 1:
            self.block(_words(arguments[1]))
        else:
            self._pass(2_000_000)

    def _redirected(self, words: list[str]) -> list[str]:
        kept: list[str] = []
        position = 0
        self._redirected_away = any(word in (">", ">>", "|") for word in words)
        while position < len(words):
            if words[position] in (">", ">>", "<", ">&", "<<") and position + 1 < len(words):
                if words[position] in (">", ">>"):
                    self.run.files.append((self._now_ns, words[position + 1], True))
                position += 2
            else:
                kept.append(words[position])
                position += 1
        return kept

    def _print(self, name: str, arguments: list[str]) -> None:
        text = DATE if name == "date" else HOSTNAME if name == "hostname" else " ".join(
            argument for argument in arguments if argument not in ("-e", "-n")
        )
        text = text.replace("$(date)", DATE).replace("$(hostname)", HOSTNAME).replace("$HOSTNAME", HOSTNAME)
        for variable, value in self._variables.items():
            text = text.replace(f"${{{variable}}}", value).replace(f"${variable}", value)
        if not self._redirected_away:
            lines = text.replace("\\n", "\n").rstrip("\n").split("\n")
            self.run.prints += [(self._now_ns, line) for line in lines]
        self._pass(2_000_000)

    def _sleep(self, arguments: list[str]) -> None:
        try:
            span_ns = sleep_ns(arguments)
        except ValueError:
            self.status = 1
            return
        if span_ns is None:
            raise _Forever
        self._pass(span_ns)

    def _pass(self, span_ns: int) -> None:
        self._now_ns += span_ns
        self.run.duration_ns = self._now_ns

    def _loop(self, words: list[str]) -> None:
        head, _, body = _split_loop(words)
        if words[0] == "for":
            values = _values(head)
            for number in range(min(_rounds(head), _ROUNDS_MOST)):
                if head:
                    self._variables[head[0]] = values[number] if number < len(values) else str(number + 1)
                self.block(body)
            return
        endless = head[:1] in (["true"], [":"], ["sleep"]) or head[:2] == ["[", "1"]
        if words[0] == "until":
            endless = not endless and head[:1] == ["false"]
        if not endless:
            return  # a condition on something that is there already
        begun_ns = self._now_ns
        self.block([*body, ";"])  # a first round, for `exit` and for files
        if self._now_ns > begun_ns:
            self.run.again_ns, self.run.period_ns = begun_ns, self._now_ns - begun_ns
        raise _Forever


def _loop_end(words: list[str], start: int) -> int:
    depth = 0
    for position in range(start, len(words)):
        if words[position] in ("while", "until", "for"):
            depth += 1
        elif words[position] == "done":
            depth -= 1
            if depth == 0:
                return position + 1
    return len(words)


def _split_loop(words: list[str]) -> tuple[list[str], str, list[str]]:
    position = words.index("do") if "do" in words else len(words)
    end = len(words) - 1 if words[-1] == "done" else len(words)
    return [w for w in words[1:position] if w != ";"], "do", words[position + 1 : end]


def _values(head: list[str]) -> list[str]:
    """What a ``for`` runs over, as far as it is written out."""
    match = _SEQUENCE.search(" ".join(head[2:]))
    if match is None:
        return head[2:]
    first = int(match[1] or match[3] or "1")
    return [str(first + number) for number in range(min(_rounds(head), _ROUNDS_MOST))]


def _rounds(head: list[str]) -> int:
    text = " ".join(head[2:]) if "in" in head else ""
    match = _SEQUENCE.search(text)
    if match is None:
        return len(head[2:])
    first, last = match[1] or match[3] or "1", match[2] or match[4]
    return max(0, int(last) - int(first) + 1)
