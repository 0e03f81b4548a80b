"""What every subcommand of etcdctl is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orrery.etcd import CLIENT_PORT, Client, EtcdError
from orrery.kernel import SECOND, Address
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.options import Options, UsageError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint: as it was written, and where that is."""

    text: str
    address: Address


@dataclass(slots=True)
class Context:
    invocation: Invocation
    options: Options
    endpoints: tuple[Endpoint, ...]
    arguments: list[str]  # after the subcommand
    _clients: list[Client] = field(default_factory=list)

    @property
    def timeout_ns(self) -> int:
        return seconds(self.options.last("command-timeout", "5s")) * SECOND

    @property
    def output(self) -> str:
        return self.options.last("write-out", "simple")

    def client(self, endpoint: Endpoint | None = None) -> Client:
        """A client of all endpoints, or of one."""
        addresses = [endpoint.address] if endpoint is not None else [each.address for each in self.endpoints]
        client = Client(self.invocation.process, addresses, request_timeout_ns=self.timeout_ns)
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Closes every connection: a command leaves none behind."""
        for client in self._clients:
            client.close()

    def print(self, text: str) -> None:
        self.invocation.stdout(text + "\n")

    def flow(self, kind: str, title: str, subject: str) -> None:
        """Begins the story of what is asked: a write takes the audience's eyes, a read does not."""
        self.invocation.process.start_flow(kind=kind, title=title, subject=subject)


def endpoints_of(options: Options, environment: Mapping[str, str], host: str) -> tuple[Endpoint, ...]:
    """The endpoints that were asked for; the member on this very host without any."""
    given = options.last("endpoints") or environment.get("ETCDCTL_ENDPOINTS", "") or "127.0.0.1:2379"
    return tuple(endpoint_of(text.strip(), host) for text in given.split(",") if text.strip())


def endpoint_of(text: str, host: str) -> Endpoint:
    bare = text.partition("://")[2] or text
    name, _, port = bare.rstrip("/").partition(":")
    if port and not port.isdigit():
        raise UsageError(f"invalid endpoint {text!r}")
    where = host if name in ("127.0.0.1", "localhost", "::1", "0.0.0.0") else name
    return Endpoint(text, Address(where, int(port or CLIENT_PORT)))


def seconds(text: str) -> int:
    """A Go duration, in whole seconds."""
    number = text.rstrip("ms")
    unit = text[len(number) :]
    if not number.isdigit() or unit not in ("s", "m", "ms"):
        raise UsageError(f'invalid argument "{text}" for "--command-timeout" flag: time: invalid duration "{text}"')
    return max(1, int(number) * 60 if unit == "m" else int(number) // 1000 if unit == "ms" else int(number))


def said(error: EtcdError) -> str:
    """How etcdctl words a failure: whoever cannot be reached is a deadline that passed."""
    if "desc = " in error.message and "etcdserver" not in error.message:
        return "context deadline exceeded"
    return error.message


def printable(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
