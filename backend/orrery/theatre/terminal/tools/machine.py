"""What a host says of itself: hostname, date, uptime, uname, ip, ss, ps, whoami."""

from __future__ import annotations

from datetime import UTC, datetime

from orrery.kernel import SECOND, Process
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.toolbox import Place


async def hostname(place: Place, invocation: Invocation) -> int:
    flags = invocation.arguments
    invocation.stdout((place.host.ip if flags[:1] in (("-i",), ("-I",)) else place.host.name) + "\n")
    return 0


async def date(place: Place, invocation: Invocation) -> int:
    now = datetime.fromtimestamp(place.host.wall_ns() // SECOND, UTC)
    given = [word for word in invocation.arguments if word.startswith("+")]
    if "-Is" in invocation.arguments or "--iso-8601=seconds" in invocation.arguments:
        text = now.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    else:
        text = now.strftime(given[0][1:]) if given else f"{now:%a %b} {now.day:2} {now:%H:%M:%S} UTC {now.year}"
    invocation.stdout(text + "\n")
    return 0


async def uptime(place: Place, invocation: Invocation) -> int:
    host = place.host
    now = datetime.fromtimestamp(host.wall_ns() // SECOND, UTC)
    minutes = (place.world.kernel.now_ns - host.booted_ns) // SECOND // 60
    hours, rest = divmod(minutes, 60)
    up = (
        f"{hours // 24} day{'s' if hours >= 48 else ''}, {hours % 24}:{rest:02}"
        if hours >= 24
        else f"{hours}:{rest:02}"
        if hours
        else f"{rest} min"
    )
    invocation.stdout(f" {now:%H:%M:%S} up {up},  1 user\n")
    return 0


async def uname(place: Place, invocation: Invocation) -> int:
    everything = "-a" in invocation.arguments
    invocation.stdout(f"Linux {place.host.name} 6.8.0-simulated x86_64 GNU/Linux\n" if everything else "Linux\n")
    return 0


async def whoami(place: Place, invocation: Invocation) -> int:
    invocation.stdout("root\n")
    return 0


async def ip(place: Place, invocation: Invocation) -> int:
    """`ip addr` and `ip route`: the one address and the one network that a simulated host has."""
    what = next((word for word in invocation.arguments if not word.startswith("-")), "")
    brief = "-br" in invocation.arguments or "-brief" in invocation.arguments
    host = place.host
    network = host.ip.rpartition(".")[0] + ".0/24"
    if what and "address".startswith(what) and brief:
        invocation.stdout(
            f"lo               UNKNOWN        127.0.0.1/8\neth0             UP             {host.ip}/24\n"
        )
    elif what and "address".startswith(what):
        invocation.stdout(
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"
            "    inet 127.0.0.1/8 scope host lo\n"
            "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n"
            f"    inet {host.ip}/24 scope global eth0\n"
        )
    elif what and "route".startswith(what):
        invocation.stdout(f"{network} dev eth0 proto kernel scope link src {host.ip}\n")
    else:
        invocation.stderr("Usage: ip [ -br ] { addr | route }\n")
        return 255
    return 0


async def ss(place: Place, invocation: Invocation) -> int:
    """Listening sockets; without -l the connections of this host's processes."""
    flags = "".join(word.lstrip("-") for word in invocation.arguments if word.startswith("-"))
    listening = "l" in flags
    rows = _listeners(place) if listening else _connections(place)
    header = f"{'State':<7} {'Recv-Q':<6} {'Send-Q':<6} {'Local Address:Port':>22} {'Peer Address:Port':>22}"
    invocation.stdout(header + (" Process" if "p" in flags else "") + "\n")
    for state, local, peer, process in rows:
        send = 4096 if listening else 0
        owner = (
            f' users:(("{process.name}",pid={place.world.journal.pid(place.host.name, process.name)}))'
            if "p" in flags
            else ""
        )
        invocation.stdout(f"{state:<7} {0:<6} {send:<6} {local:>22} {peer:>22}{owner}\n")
    return 0


def _listeners(place: Place) -> list[tuple[str, str, str, Process]]:
    listeners = sorted(place.host.listeners.items())
    return [("LISTEN", f"*:{port}", "*:*", listener.process) for port, listener in listeners]


def _connections(place: Place) -> list[tuple[str, str, str, Process]]:
    from orrery.theatre.terminal.tools.wire import port_of

    rows = []
    for process in place.host.processes.values():
        for end in process.ends.values():
            peer = end.peer.process
            ours, theirs = port_of(process, peer), port_of(peer, process)
            rows.append(("ESTAB", f"{place.host.ip}:{ours}", f"{peer.host.ip}:{theirs}", process))
    return rows


async def ps(place: Place, invocation: Invocation) -> int:
    invocation.stdout("USER       PID STAT START    COMMAND\n")
    for process in place.host.processes.values():
        if not process.alive:
            continue
        started = datetime.fromtimestamp(place.host.wall_ns() // SECOND, UTC)
        state = "T" if process.state == "hung" else "Ssl"
        pid = place.world.journal.pid(place.host.name, process.name)
        invocation.stdout(f"root   {pid:>7} {state:<4} {started:%b%d}    {process.name}\n")
    return 0
