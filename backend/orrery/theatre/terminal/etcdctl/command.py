"""The command line of etcdctl: flags, endpoints, which subcommand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from orrery.etcd import EtcdError
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.etcdctl import cluster, keys, leases
from orrery.theatre.terminal.etcdctl.context import Context, endpoints_of, said
from orrery.theatre.terminal.etcdctl.printing import VERSION
from orrery.theatre.terminal.options import Options, UsageError, read

Subcommand = Callable[[Context], Awaitable[int]]

COMMANDS: Mapping[str, Subcommand] = {
    "get": keys.get,
    "put": keys.put,
    "del": keys.delete,
    "watch": keys.watch,
    "txn": keys.txn,
    "compaction": keys.compaction,
    "endpoint health": cluster.health,
    "endpoint status": cluster.status,
    "member list": cluster.members,
    "alarm list": cluster.alarms,
    "lease grant": leases.grant,
    "lease list": leases.list_all,
    "lease timetolive": leases.time_to_live,
    "lease keep-alive": leases.keep_alive,
    "lease revoke": leases.revoke,
}

_SUMMARIES = {
    "get": "Gets the key or a range of keys",
    "put": "Puts the given key into the store",
    "del": "Removes the specified key or range of keys [key, range_end)",
    "watch": "Watches events stream on keys or prefixes",
    "txn": "Txn processes all the requests in one transaction",
    "compaction": "Compacts the event history in etcd",
    "endpoint health": "Checks the healthiness of endpoints specified in `--endpoints` flag",
    "endpoint status": "Prints out the status of endpoints specified in `--endpoints` flag",
    "member list": "Lists all members in the cluster",
    "alarm list": "Lists all alarms",
    "lease grant": "Creates leases",
    "lease list": "List all active leases",
    "lease timetolive": "Get lease information",
    "lease keep-alive": "Keeps leases alive (renew)",
    "lease revoke": "Revokes leases",
}

# What the real one takes, and whether a value follows. Certificates are those of the simulated host, whatever is named.
FLAGS = {
    "endpoints": True,
    "cacert": True,
    "cert": True,
    "key": True,
    "user": True,
    "password": True,
    "write-out": True,
    "command-timeout": True,
    "dial-timeout": True,
    "keepalive-time": True,
    "keepalive-timeout": True,
    "insecure-skip-tls-verify": False,
    "insecure-transport": False,
    "debug": False,
    "hex": False,
    "discovery-srv": True,
    "prefix": False,
    "from-key": False,
    "keys-only": False,
    "print-value-only": False,
    "count-only": False,
    "rev": True,
    "limit": True,
    "order": True,
    "sort-by": True,
    "consistency": True,
    "lease": True,
    "prev-kv": False,
    "ignore-value": False,
    "ignore-lease": False,
    "interactive": False,
    "cluster": False,
    "once": False,
    "keys": False,
    "physical": False,
    "progress-notify": False,
    "help": False,
    "version": False,
}
SHORT = {"w": "write-out", "i": "interactive", "h": "help"}
_GROUPS = tuple(dict.fromkeys(name.partition(" ")[0] for name in COMMANDS if " " in name))


async def etcdctl(invocation: Invocation, environment: Mapping[str, str] | None = None) -> int:
    """`environment` may hold ETCDCTL_ENDPOINTS."""
    try:
        options = read(invocation.arguments, FLAGS, SHORT)
        name, arguments = _subcommand(options)
        if not name:
            invocation.stdout(_usage())
            return 0
        if name == "version":
            invocation.stdout(f"etcdctl version: {VERSION}\nAPI version: 3.5\n")
            return 0
        endpoints = endpoints_of(options, environment or {}, invocation.process.host.name)
        context = Context(invocation, options, endpoints, arguments)
        try:
            return await COMMANDS[name](context)
        finally:
            context.close()
    except UsageError as error:
        invocation.stderr(f"Error: {error}\n")
        return 128
    except EtcdError as error:
        invocation.stderr(f"Error: {said(error)}\n")
        return 1


def _subcommand(options: Options) -> tuple[str, list[str]]:
    """Which one, and what is left for it; "" for none."""
    words = options.rest
    if "version" in options or words[:1] == ["version"]:
        return "version", []
    if not words or words[0] == "help" or "help" in options:
        return "", []
    if words[0] in _GROUPS:
        name = " ".join(words[:2])
        if name not in COMMANDS:
            raise UsageError(f'unknown command "{name}" for "etcdctl"')
        return name, words[2:]
    if words[0] not in COMMANDS:
        raise UsageError(f'unknown command "{words[0]}" for "etcdctl"')
    return words[0], words[1:]


def _usage() -> str:
    lines = [
        "NAME:",
        "\tetcdctl - A simple command line client for etcd3.",
        "",
        "USAGE:",
        "\tetcdctl [flags]",
        "",
        "VERSION:",
        f"\t{VERSION}",
        "",
        "API VERSION:",
        "\t3.5",
        "",
        "",
        "COMMANDS:",
    ]
    lines += [f"\t{name:<24}{text}" for name, text in sorted(_SUMMARIES.items())]
    return "\n".join(lines) + "\n"


def complete(words: list[str], current: str) -> list[str]:
    """What the word being typed may become, by the words before it."""
    if current.startswith("-"):
        return [
            f"--{flag}" + ("=" if takes else "") for flag, takes in FLAGS.items() if f"--{flag}".startswith(current)
        ]
    bare = [word for word in words if not word.startswith("-")]
    names = [name.split(" ") for name in COMMANDS]
    if not bare:
        return [name for name in dict.fromkeys(name[0] for name in names) if name.startswith(current)]
    if len(bare) == 1 and bare[0] in _GROUPS:
        return [name[1] for name in names if name[0] == bare[0] and name[1].startswith(current)]
    if bare[0] in ("get", "watch", "del", "put"):
        return [prefix for prefix in _PREFIXES if prefix.startswith(current)]
    return []


_PREFIXES = (
    "/registry/",
    "/registry/pods/",
    "/registry/deployments/",
    "/registry/replicasets/",
    "/registry/nodes/",
    "/registry/services/",
    "/registry/minions/",
    "/registry/leases/",
    "/registry/events/",
)
