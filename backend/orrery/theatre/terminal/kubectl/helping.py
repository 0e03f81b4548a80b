"""``--help``, and what may have been meant by a word that is no command."""

from __future__ import annotations

from orrery.theatre.terminal.kubectl.flags import described
from orrery.theatre.terminal.kubectl.registry import GROUPS, VERBS
from orrery.theatre.terminal.kubectl.verb import Verb

_OPTIONS_HINT = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'
_MORE_HINT = 'Use "kubectl {} --help" for more information about a given command.\n'


def root_help() -> str:
    """What ``kubectl`` alone says."""
    lines = [
        "kubectl controls the Kubernetes cluster manager.", "",
        " Find more information at: https://kubernetes.io/docs/reference/kubectl/", "",
    ]
    for title, verbs in GROUPS:
        lines += [f"{title}:", *(f"  {verb.word:<15} {verb.summary}" for verb in verbs), ""]
    lines += ["Usage:", "  kubectl [flags] [options]", ""]
    return "\n".join(lines) + "\n" + _MORE_HINT.format("<command>") + _OPTIONS_HINT


def group_help(verb: Verb) -> str:
    """A command that has commands below it."""
    width = max(len(inner.word) for inner in verb.verbs) + 2
    lines = [f"{verb.summary}.", ""]
    if verb.examples:
        lines += ["Examples:", _indented(verb.examples), ""]
    lines += ["Available Commands:", *(f"  {inner.word:<{max(width, 13)}} {inner.summary}" for inner in verb.verbs)]
    lines += ["", "Usage:", f"  kubectl {verb.name} {verb.usage or 'SUBCOMMAND'} [options]", ""]
    return "\n".join(lines) + "\n" + _MORE_HINT.format(f"{verb.name} <command>") + _OPTIONS_HINT


def verb_help(verb: Verb) -> str:
    """One command."""
    lines = [f"{verb.summary}.", ""]
    if verb.aliases:
        lines += ["Aliases:", f"{', '.join((verb.word, *verb.aliases))}", ""]
    if verb.examples:
        lines += ["Examples:", _indented(verb.examples), ""]
    if verb.flags:
        lines += ["Options:", described(verb.flags)]
    lines += ["Usage:", f"  kubectl {verb.name} {verb.usage}".rstrip() + " [options]", ""]
    return "\n".join(lines) + "\n" + _OPTIONS_HINT


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.strip("\n").split("\n"))


def suggestions(word: str) -> list[str]:
    """Commands that are close to a word: two letters off at the most, or begun by it."""
    words = [verb.word for verb in VERBS]
    return [one for one in words if _distance(word.lower(), one.lower()) <= 2 or one.startswith(word.lower())]


def _distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
