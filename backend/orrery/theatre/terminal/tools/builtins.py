"""What the shell itself does: help, echo, history, clear, exit, export, sleep, true, false."""

from __future__ import annotations

from orrery.kernel import SECOND, sleep
from orrery.theatre.terminal import expand
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.options import UsageError
from orrery.theatre.terminal.toolbox import Place, Words

_TITLES = {
    "cluster": Words("클러스터", "The cluster"),
    "host": Words("호스트", "This host"),
    "files": Words("파일과 글", "Files and text"),
    "shell": Words("셸", "The shell"),
}
_TRAILER = Words(
    "파이프(|), &&, ||, ;, >, >>, <, <<EOF를 쓸 수 있습니다. Tab은 완성, Ctrl-C는 중단, Ctrl-R은 기록 찾기입니다.\n"
    "여기서 하는 일은 모두 지금의 클러스터에 일어나고, 시계가 멈추면 명령도 기다립니다.",
    "Pipes (|), &&, ||, ;, >, >>, < and <<EOF work. Tab completes, Ctrl-C interrupts, Ctrl-R searches the history.\n"
    "What is done here happens to the cluster as it is now; while the clock stands, commands wait.",
)


async def help_(place: Place, invocation: Invocation) -> int:
    for group, title in _TITLES.items():
        invocation.stdout(
            f"\x1b[1m{title.in_(place.language)}\x1b[0m\n"
            if invocation.is_terminal
            else f"{title.in_(place.language)}\n"
        )
        for name, tool in place.commands.items():
            if tool.group == group:
                invocation.stdout(f"  {name:<11} {tool.words.in_(place.language)}\n")
    invocation.stdout(f"\n{_TRAILER.in_(place.language)}\n")
    return 0


async def echo(place: Place, invocation: Invocation) -> int:
    words = list(invocation.arguments)
    end = "\n"
    while words and words[0] in ("-n", "-e", "-ne", "-en"):
        flag = words.pop(0)
        end = "" if "n" in flag else end
        if "e" in flag:
            words = [word.replace("\\n", "\n").replace("\\t", "\t") for word in words]
    invocation.stdout(" ".join(words) + end)
    return 0


async def history(place: Place, invocation: Invocation) -> int:
    for number, line in enumerate(place.history, 1):
        invocation.stdout(f"{number:5}  {line}\n")
    return 0


async def clear(place: Place, invocation: Invocation) -> int:
    place.clear()
    return 0


async def exit_(place: Place, invocation: Invocation) -> int:
    """Back to the client, where one came from."""
    client = place.world.config.client.name
    if place.host.name == client:
        invocation.stdout(
            place.said(
                "이미 클라이언트에 있습니다. 다른 호스트로 가려면: ssh cp-1",
                "this is the client already; to another host: ssh cp-1",
            )
            + "\n"
        )
    else:
        invocation.stdout(f"logout\nConnection to {place.host.name} closed.\n")
        place.wanted_host = client
    return 0


async def export(place: Place, invocation: Invocation) -> int:
    for word in invocation.arguments:
        assigned = expand.assignment(word)
        if assigned is not None:
            place.variables[assigned[0]] = assigned[1]
    if not invocation.arguments:
        await env(place, invocation)
    return 0


async def env(place: Place, invocation: Invocation) -> int:
    for name, value in place.variables.items():
        if name.isidentifier():
            invocation.stdout(f"{name}={value}\n")
    return 0


async def sleep_(place: Place, invocation: Invocation) -> int:
    text = invocation.arguments[0] if invocation.arguments else ""
    units = {"s": 1, "m": 60, "h": 3600}
    number = text.rstrip("smh")
    try:
        span_s = float(number) * units.get(text[len(number) :] or "s", 1)
    except ValueError:
        raise UsageError(f"invalid time interval ‘{text}’") from None
    await sleep(round(min(span_s, 86400 * 365) * SECOND))
    return 0


async def true(place: Place, invocation: Invocation) -> int:
    return 0


async def false(place: Place, invocation: Invocation) -> int:
    return 1
