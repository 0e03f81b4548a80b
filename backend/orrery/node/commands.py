"""What a few well-known programs print when they are run in a container: enough to look around. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from orrery.kernel import RpcFailure
from orrery.node.shell import DATE, HOSTNAME, Run, execute

EXTRA = ("printenv",)  # besides what the small shell knows


def not_started(command: Sequence[str]) -> RpcFailure:
    """A program that the container does not have, in the runtime's words."""
    return RpcFailure("Unknown", (
        "failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start "
        f'container process: exec: "{command[0]}": executable file not found in $PATH'
    ))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a program sees of its container."""

    hostname: str
    ip: str
    environment: Mapping[str, str]
    wall_ns: int


def output(command: Sequence[str], around: Surroundings) -> tuple[int, str]:
    """Exit code and output."""
    name, arguments = command[0].rpartition("/")[2], list(command[1:])
    if name in ("env", "printenv") and not arguments:
        return 0, "".join(f"{key}={value}\n" for key, value in around.environment.items())
    if name == "printenv":
        value = around.environment.get(arguments[0])
        return (1, "") if value is None else (0, f"{value}\n")
    if name == "cat" and arguments and arguments[0] in _files(around):
        return 0, _files(around)[arguments[0]]
    if name in ("id", "whoami", "pwd", "uname"):
        return 0, {
            "id": "uid=0(root) gid=0(root) groups=0(root)\n", "whoami": "root\n", "pwd": "/\n",
            "uname": f"Linux {around.hostname} 6.12.57+deb13-amd64 x86_64 GNU/Linux\n" if arguments else "Linux\n",
        }[name]
    run: Run = execute(list(command))
    return run.exit_code, "".join(f"{filled(line, around.hostname, around.wall_ns)}\n" for _, line in run.prints)


def filled(line: str, hostname: str, wall_ns: int) -> str:
    """A printed line, with what was known only when it was printed."""
    if "\0" not in line:
        return line
    now = datetime.fromtimestamp(wall_ns // 10**9, UTC)
    return line.replace(DATE, f"{now:%a %b %e %H:%M:%S} UTC {now:%Y}").replace(HOSTNAME, hostname)


def _files(around: Surroundings) -> dict[str, str]:
    return {
        "/etc/hostname": f"{around.hostname}\n",
        "/etc/hosts": (
            "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
            f"{around.ip}\t{around.hostname}\n"
        ),
        "/etc/resolv.conf": (
            "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\n"
            "options ndots:5\n"
        ),
    }
