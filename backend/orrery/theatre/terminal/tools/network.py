"""ping, curl, ssh: what reaches other hosts, over the simulated network with its cuts and its delays."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import orjson

from orrery.kernel import (
    SECOND,
    Address,
    ConnectionRefused,
    ConnectionReset,
    DeadlineExceeded,
    RpcError,
    RpcFailure,
    Unreachable,
    sleep,
)
from orrery.machinery.wire import ApiRequest, ApiResponse
from orrery.theatre.terminal import grammar
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.files import Files
from orrery.theatre.terminal.options import UsageError, read
from orrery.theatre.terminal.toolbox import Place

_ECHO_PORT = 7  # nobody listens there: what comes back is the other host's refusal, after one round trip


async def ping(place: Place, invocation: Invocation) -> int:
    """One round trip a second. The simulated hosts know no ICMP: it is an attempt to connect that is answered."""
    options = read(
        invocation.arguments,
        {"count": True, "interval": True, "timeout": True, "quiet": False, "numeric": False},
        {"c": "count", "i": "interval", "W": "timeout", "q": "quiet", "n": "numeric"},
    )
    if len(options.rest) != 1:
        raise UsageError("usage error: Destination address required")
    name, process = options.rest[0], invocation.process
    try:
        target = process.kernel.network.resolve(name)
    except Unreachable:
        invocation.stderr(f"ping: {name}: Name or service not known\n")
        return 2
    most, sent, times = options.number("count", 1 << 30), 0, []
    begin_ns = process.now_ns
    invocation.stdout(f"PING {name} ({target.ip}) 56(84) bytes of data.\n")
    try:
        while sent < most:
            if sent:
                await sleep(SECOND)
            sent += 1
            sent_ns = process.now_ns
            try:
                end = await process.connect(Address(target.name, _ECHO_PORT), timeout_ns=SECOND)
                end.close()
            except ConnectionRefused:
                pass
            except RpcError:
                continue
            times.append((process.now_ns - sent_ns) / 1e6)
            invocation.stdout(
                f"64 bytes from {name} ({target.ip}): icmp_seq={sent} ttl=64 time={_short(times[-1])} ms\n"
            )
    finally:
        lost = 100 * (sent - len(times)) / sent if sent else 0.0
        took_ms = (process.now_ns - begin_ns) // 1_000_000
        invocation.stdout(f"\n--- {name} ping statistics ---\n")
        invocation.stdout(
            f"{sent} packets transmitted, {len(times)} received, {lost:g}% packet loss, time {took_ms}ms\n"
        )
        if times:
            mean = sum(times) / len(times)
            spread = (sum((t - mean) ** 2 for t in times) / len(times)) ** 0.5
            invocation.stdout(f"rtt min/avg/max/mdev = {min(times):.3f}/{mean:.3f}/{max(times):.3f}/{spread:.3f} ms\n")
    return 0 if times else 1


def _short(milliseconds: float) -> str:
    return (
        f"{milliseconds:.3f}"
        if milliseconds < 1
        else f"{milliseconds:.2f}"
        if milliseconds < 10
        else f"{milliseconds:.1f}"
    )


_CURL = {
    "insecure": False,
    "silent": False,
    "show-error": False,
    "verbose": False,
    "include": False,
    "head": False,
    "max-time": True,
    "connect-timeout": True,
    "cacert": True,
    "cert": True,
    "key": True,
    "header": True,
    "fail": False,
    "request": True,
    "location": False,
    "output": True,
    "write-out": True,
}
_CURL_SHORT = {
    "k": "insecure",
    "s": "silent",
    "S": "show-error",
    "v": "verbose",
    "i": "include",
    "I": "head",
    "m": "max-time",
    "H": "header",
    "f": "fail",
    "X": "request",
    "L": "location",
    "o": "output",
    "w": "write-out",
    "E": "cert",
}


async def curl(place: Place, invocation: Invocation) -> int:
    """Asks an API server, without a client certificate: as nobody in particular (system:anonymous)."""
    options = read(invocation.arguments, _CURL, _CURL_SHORT)
    if len(options.rest) != 1:
        raise UsageError("try 'curl --help' for more information")
    url = urlsplit(options.rest[0] if "://" in options.rest[0] else f"http://{options.rest[0]}")
    host = url.hostname or ""
    port = url.port or (443 if url.scheme == "https" else 80)
    where = invocation.process.host.name if host in ("localhost", "127.0.0.1") else host
    if "insecure" not in options and "cacert" not in options and url.scheme == "https":
        invocation.stderr("curl: (60) SSL certificate problem: unable to get local issuer certificate\n")
        return 60
    invocation.process.start_flow(kind="other", title=f"curl {url.path or '/'}", subject=url.path or "/")
    request = ApiRequest(
        "GET", url.path or "/", dict(parse_qsl(url.query)), {"accept": "*/*", "user-agent": "curl/8.5.0"}
    )
    channel = invocation.process.dial(Address(where, port), protocol="api")
    seconds = options.number("max-time", 60)
    try:
        response = await channel.call(f"GET {request.path}", request, timeout_ns=seconds * SECOND)
    except ConnectionRefused:
        invocation.stderr(f"curl: (7) Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server\n")
        return 7
    except DeadlineExceeded:
        invocation.stderr(f"curl: (28) Operation timed out after {seconds * 1000} milliseconds with 0 bytes received\n")
        return 28
    except Unreachable as error:
        known = "no such host" not in str(error)
        invocation.stderr(
            "curl: (28) Connection timed out\n" if known else f"curl: (6) Could not resolve host: {host}\n"
        )
        return 28 if known else 6
    except (ConnectionReset, RpcFailure):
        invocation.stderr("curl: (52) Empty reply from server\n")
        return 52
    finally:
        channel.close()
    _answer(invocation, response, verbose="include" in options or "head" in options, body="head" not in options)
    return 22 if "fail" in options and not response.ok else 0


def _answer(invocation: Invocation, response: object, *, verbose: bool, body: bool) -> None:
    if not isinstance(response, ApiResponse):
        invocation.stdout("\n")
        return
    if verbose:
        invocation.stdout(f"HTTP/2 {response.code} \n\n")
    if not body:
        return
    if isinstance(response.body, str):
        invocation.stdout(response.body)
    elif response.body is not None:
        invocation.stdout(orjson.dumps(response.body, option=orjson.OPT_INDENT_2).decode() + "\n")


async def ssh(place: Place, invocation: Invocation) -> int:
    """Goes to another host: what is typed from then on is done there. With a command, that alone is."""
    options = read(
        invocation.arguments,
        {"login": True, "port": True, "option": True, "tty": False, "verbose": False},
        {"l": "login", "p": "port", "o": "option", "t": "tty", "v": "verbose"},
        mixed=False,
    )
    if not options.rest:
        raise UsageError("usage: ssh [user@]destination [command]")
    name = options.rest[0].rpartition("@")[2]
    kernel = place.world.kernel
    try:
        host = kernel.network.resolve(name)
    except Unreachable:
        invocation.stderr(f"ssh: Could not resolve hostname {name}: Name or service not known\n")
        return 255
    try:
        await invocation.process.connect(Address(host.name, _ECHO_PORT), timeout_ns=5 * SECOND)
    except ConnectionRefused:
        pass  # it is there
    except RpcError:
        invocation.stderr(f"ssh: connect to host {name} port 22: Connection timed out\n")
        return 255
    words = options.rest[1:]
    if not words:
        place.wanted_host = host.name
        return 0
    if len(words) == 1 and " " in words[0]:
        words, last, _ = grammar.split_words(words[0])
        words = [*words, last] if last else words
    tool = place.commands.get(words[0])
    if tool is None:
        invocation.stderr(f"-sh: {words[0]}: command not found\n")
        return 127
    there = replace(place, files=Files(kernel, host, place.files.own))
    process = invocation.process if tool.on_client else place.world.shell_on(host.name)
    return await tool.run(there, replace(invocation, arguments=tuple(words[1:]), process=process))
