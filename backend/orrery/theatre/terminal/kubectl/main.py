"""From the words that were typed to a command that runs, and to what is said when it fails."""

from __future__ import annotations

from collections.abc import Sequence

from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.kubectl import config
from orrery.theatre.terminal.kubectl.api import Api
from orrery.theatre.terminal.kubectl.errors import WORDED, Exit, code_of, error, told
from orrery.theatre.terminal.kubectl.flags import GLOBAL, FlagError, Flags, HelpAsked
from orrery.theatre.terminal.kubectl.helping import group_help, root_help, suggestions, verb_help
from orrery.theatre.terminal.kubectl.registry import VERBS
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

AGENT = "kubectl/v1.37.0 (linux/amd64) kubernetes"


async def kubectl(invocation: Invocation) -> int:
    """Runs kubectl; gives its exit code."""
    try:
        return await _run(invocation)
    except Exit as end:
        return end.code
    except WORDED as problem:
        for line in told(problem):
            invocation.stderr(line if line.endswith("\n") else f"{line}\n")
        return code_of(problem)


async def _run(invocation: Invocation) -> int:
    before, verb, words = _find(list(invocation.arguments))
    if verb is None:
        invocation.stdout(root_help())
        return 0
    if verb.run is None:
        return _group(invocation, verb, words)
    flags = Flags((*verb.flags, *GLOBAL))
    try:
        flags.parse([*before, *words])
    except HelpAsked:
        invocation.stdout(verb_help(verb))
        return 0
    except FlagError as problem:
        raise error(f"{problem}\nSee 'kubectl {verb.name} --help' for usage.") from None
    return await _carry_out(invocation, verb, flags)


async def _carry_out(invocation: Invocation, verb: Verb, flags: Flags) -> int:
    document = config.load(invocation, flags)
    access = config.access(document, flags)
    api = Api(invocation.process, access, AGENT, lambda text: invocation.stderr(f"Warning: {text}\n"))
    title = " ".join(("kubectl", *invocation.arguments))
    subject = " ".join(flags.arguments[:2])
    invocation.process.start_flow(kind="request" if verb.writes else "other", title=title[:120], subject=subject[:80])
    run = verb.run
    assert run is not None
    try:
        return await run(Kubectl(invocation, verb, flags, document, api)) or 0
    finally:
        api.close()


def _find(words: list[str]) -> tuple[list[str], Verb | None, list[str]]:
    """The flags before the command, the command, and what follows it. Failure for an unknown one."""
    before = _leading_flags(words)
    words = words[len(before):]
    if not words or words[0] in ("help", "--help", "-h"):
        topic = [word for word in words[1:] if not word.startswith("-")]
        return (before, None, []) if not topic else ([], *_descend([*topic, "--help"]))
    return (before, *_descend(words))


def _leading_flags(words: Sequence[str]) -> list[str]:
    taken = 0
    known = {name: flag for flag in GLOBAL for name in (f"--{flag.name}", f"-{flag.short}") if name != "-"}
    while taken < len(words) and words[taken].startswith("-") and words[taken] not in ("--help", "-h"):
        name, equals, _ = words[taken].partition("=")
        flag = known.get(name)
        if flag is None and not any(name.startswith(f"-{one.short}") for one in GLOBAL if one.short):
            raise error(f"unknown flag: {name}\nSee 'kubectl --help' for usage.")
        taken += 1 if equals or flag is None or flag.kind == "bool" else 2
    return list(words[:taken])


def _descend(words: list[str]) -> tuple[Verb, list[str]]:
    verb = by_word(VERBS, words[0])
    if verb is None:
        close = suggestions(words[0])
        also = "".join(f"\n\t{word}" for word in close)
        raise error(f'unknown command "{words[0]}" for "kubectl"' + (f"\n\nDid you mean this?{also}" if also else ""))
    rest = words[1:]
    while verb.verbs and rest and (inner := by_word(verb.verbs, rest[0])) is not None:
        verb, rest = inner, rest[1:]
    return verb, rest


def by_word(verbs: Sequence[Verb], word: str) -> Verb | None:
    """The command of this name or alias."""
    return next((verb for verb in verbs if word == verb.word or word in verb.aliases), None)


def _group(invocation: Invocation, verb: Verb, words: list[str]) -> int:
    """A command that only has commands below it."""
    plain = [word for word in words if not word.startswith("-")]
    unknown = [word for word in words if word.startswith("-") and word not in ("--help", "-h")]
    if unknown:
        kind = "unknown flag: " if unknown[0].startswith("--") else f"unknown shorthand flag: '{unknown[0][1]}' in "
        raise error(f"{kind}{unknown[0]}\nSee 'kubectl {verb.name} --help' for usage.")
    if plain and "--help" not in words and "-h" not in words:
        raise error(f'unknown command "{" ".join(plain)}"\nSee \'kubectl {verb.name} -h\' for help and examples')
    if "--help" in words or "-h" in words:
        invocation.stdout(group_help(verb))
        return 0
    invocation.stderr(group_help(verb))
    return 1
