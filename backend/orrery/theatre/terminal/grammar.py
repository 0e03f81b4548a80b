"""The shell's grammar: from lines to what is to be run. Nothing is expanded here, and nothing is run.

    list      = pipeline { (";" | "&&" | "||") pipeline }
    pipeline  = command { "|" command }
    command   = { word | redirection }
    word      = pieces, quoted by '…', "…" or \\, or bare

What real shells have beyond this (loops, functions, `$(…)`, background jobs) is refused by name, not misread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Quote = Literal["", "'", '"']
Joint = Literal[";", "&&", "||"]

_OPERATORS = (
    "<<-",
    "<<<",
    "2>&1",
    "1>&2",
    ">&2",
    "&>",
    "2>",
    "<<",
    ">>",
    "&&",
    "||",
    ";;",
    ";",
    "|",
    "&",
    "<",
    ">",
    "(",
    ")",
)
_BLANK = " \t"
_ENDS = "|&;<>() \t\n"
_VARIABLE = re.compile(r"\$(?:(\w+|[?$#@!])|\{(\w+)\})")


class Unfinished(Exception):
    """The line goes on: a quote is open, a here-document has not come to its end, or something must follow."""


class Refused(ValueError):
    """What this shell does not understand, in one sentence."""


class Piece(NamedTuple):
    """A part of a word: how it was quoted says whether variables and patterns in it count."""

    text: str
    quote: Quote


Word = tuple[Piece, ...]


@dataclass(slots=True)
class Redirection:
    """`operator` is ">", ">>", "<", "<<" (its text is here), "2>", "2>&1", ">&2" or "&>"."""

    operator: str
    target: Word = ()
    text: str = ""
    expand: bool = True  # of a here-document: whether variables count in it


@dataclass(slots=True)
class Command:
    words: list[Word] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline:
    """Commands, each reading what the one before it writes; `joint` is what stands before it in the list."""

    joint: Joint
    commands: list[Command]


def parse(text: str) -> list[Pipeline]:
    """What a person typed, as pipelines in order. Raises Unfinished or Refused."""
    return _Parser(text).script()


def split_words(text: str) -> tuple[list[str], str, str]:
    """For completion: the words of the command at the end of a text, the word that is being typed, and the quote that
    is open in it. Never raises."""
    words: list[str] = []
    current, quote, begun, i = "", "", False, 0
    while i < len(text):
        letter = text[i]
        if quote:
            if letter == quote:
                quote = ""
            else:
                current += letter
        elif letter in "'\"":
            quote, begun = letter, True
        elif letter == "\\" and i + 1 < len(text):
            current, begun, i = current + text[i + 1], True, i + 1
        elif letter in _BLANK:
            if begun:
                words.append(current)
            current, begun = "", False
        elif letter in "|;&\n":
            words, current, begun = [], "", False
        elif letter in "<>":
            current, begun = "", False
        else:
            current, begun = current + letter, True
        i += 1
    return words, current, quote


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text.replace("\\\n", " ")
        self._at = 0
        self._awaited: list[tuple[Redirection, str, bool]] = []  # here-documents whose text begins after this line

    def script(self) -> list[Pipeline]:
        pipelines: list[Pipeline] = []
        joint: Joint = ";"
        while True:
            self._skip()
            if self._at >= len(self._text):
                break
            pipelines.append(Pipeline(joint, self._pipeline()))
            operator = self._operator()
            if operator == "\n":
                self._here_documents()
                joint = ";"
            elif operator in ("&&", "||"):
                joint = operator  # type: ignore[assignment]
                self._skip(lines=True)
                if self._at >= len(self._text):
                    raise Unfinished
            elif operator == ";":
                joint = ";"
            elif operator == "&":
                raise Refused("there are no background jobs here: open another terminal")
            elif operator:
                raise Refused(f"syntax error near unexpected token `{operator}'")
        self._here_documents()
        return pipelines

    def _pipeline(self) -> list[Command]:
        commands = [self._command()]
        while self._peek() == "|":
            self._operator()
            self._skip(lines=True)
            if self._at >= len(self._text):
                raise Unfinished
            commands.append(self._command())
        return commands

    def _command(self) -> Command:
        command = Command()
        while True:
            self._skip()
            operator = self._peek()
            if operator in ("<<<", "1>&2", "(", ")", ";;"):
                raise Refused(f"syntax error near unexpected token `{operator}'")
            if operator in ("2>&1", ">&2"):
                self._operator()
                command.redirections.append(Redirection(operator))
            elif operator in (">", ">>", "<", "2>", "&>", "<<", "<<-"):
                self._operator()
                command.redirections.append(self._redirection(operator))
            elif operator or self._at >= len(self._text):
                break
            else:
                command.words.append(self._word())
        if not command.words and not command.redirections:
            raise Refused(
                f"syntax error near unexpected token `{(self._peek() or 'newline').replace(chr(10), 'newline')}'"
            )
        if command.words:
            name = "".join(piece.text for piece in command.words[0] if not piece.quote)
            if name in ("for", "while", "until", "if", "case", "function", "{"):
                raise Refused(
                    f"`{name}' is more than this shell can: it knows pipes, &&, ||, ;, redirections and here-documents"
                )
        return command

    def _redirection(self, operator: str) -> Redirection:
        self._skip()
        if self._at >= len(self._text) or self._peek():
            raise Refused("syntax error near unexpected token `newline'")
        word = self._word()
        if not operator.startswith("<<"):
            return Redirection(operator, word)
        end = "".join(piece.text for piece in word)
        here = Redirection("<<", word, "", not any(piece.quote for piece in word))
        self._awaited.append((here, end, operator == "<<-"))
        return here

    def _here_documents(self) -> None:
        """Takes the texts of the here-documents that were announced on the line that ended here."""
        for here, end, tabs in self._awaited:
            lines: list[str] = []
            while True:
                if self._at >= len(self._text):
                    raise Unfinished
                line, _, _ = self._text[self._at :].partition("\n")
                self._at += len(line) + 1
                line = line.lstrip("\t") if tabs else line
                if line == end:
                    break
                lines.append(line + "\n")
            here.text = "".join(lines)
        self._awaited = []

    def _word(self) -> Word:
        pieces: list[Piece] = []
        text = self._text
        while self._at < len(text) and text[self._at] not in _ENDS:
            letter = text[self._at]
            if letter in "'\"":
                pieces.append(self._quoted(letter))
            elif letter == "\\":
                if self._at + 1 >= len(text):
                    raise Unfinished
                pieces.append(Piece(text[self._at + 1], "'"))
                self._at += 2
            elif text.startswith("$(", self._at) or letter == "`":
                raise Refused(
                    "`$(…)' is more than this shell can: it knows pipes, &&, ||, ;, redirections and here-documents"
                )
            else:
                begin = self._at
                while (
                    self._at < len(text)
                    and text[self._at] not in _ENDS + "'\"\\`"
                    and not text.startswith("$(", self._at)
                ):
                    self._at += 1
                pieces.append(Piece(text[begin : self._at], ""))
        return tuple(pieces)

    def _quoted(self, quote: Literal["'", '"'] | str) -> Piece:
        text = self._text
        self._at += 1
        kept: list[str] = []
        while self._at < len(text):
            letter = text[self._at]
            if letter == quote:
                self._at += 1
                return Piece("".join(kept), "'" if quote == "'" else '"')
            if quote == '"' and letter == "\\" and text[self._at + 1 : self._at + 2] in ('"', "\\", "$", "`"):
                # A dollar sign that was escaped is told from one that was not by a mark that no text holds.
                escaped = text[self._at + 1]
                kept.append("\0" if escaped == "$" else escaped)
                self._at += 2
                continue
            kept.append(letter)
            self._at += 1
        raise Unfinished

    def _skip(self, *, lines: bool = False) -> None:
        text = self._text
        while self._at < len(text):
            if text[self._at] in _BLANK or (lines and text[self._at] == "\n"):
                self._at += 1
            elif text[self._at] == "#" and (self._at == 0 or text[self._at - 1] in " \t\n;"):
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            else:
                return

    def _peek(self) -> str:
        """The operator that stands here; "" where there is none."""
        self._skip()
        if self._text.startswith("\n", self._at):
            return "\n"
        return next((operator for operator in _OPERATORS if self._text.startswith(operator, self._at)), "")

    def _operator(self) -> str:
        operator = self._peek()
        self._at += len(operator)
        return operator


def substitute(text: str, variables: dict[str, str]) -> str:
    """A text with its variables' values; those that are not set are empty."""
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[2], ""), text).replace("\0", "$")
