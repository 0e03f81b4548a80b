"""endpoint health and status, member list, alarm list."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from orrery.etcd import CLIENT_PORT, PEER_PORT, EtcdError, StatusResponse
from orrery.kernel import Address
from orrery.theatre.terminal.etcdctl.context import Context, Endpoint, said
from orrery.theatre.terminal.etcdctl.printing import VERSION, as_json, cluster_id, duration, member_id, size, table

T = TypeVar("T")


@dataclass(slots=True)
class _Health:
    endpoint: str
    healthy: bool
    took_ns: int
    error: str = ""


async def health(context: Context) -> int:
    """Each endpoint's, by a linearizable read of the key "health": it needs a quorum. All are asked at once."""
    context.flow("other", "etcdctl endpoint health", "etcd")
    found = await _each(context, _health)
    output = context.output
    if output == "json":
        context.print(
            as_json(
                [
                    {"endpoint": each.endpoint, "health": each.healthy, "took": duration(each.took_ns)}
                    | ({"error": each.error} if each.error else {})
                    for each in found
                ]
            )
        )
    elif output == "table":
        rows = [[each.endpoint, str(each.healthy).lower(), duration(each.took_ns), each.error] for each in found]
        context.print(table(["endpoint", "health", "took", "error"], rows))
    else:
        for each in found:
            if each.healthy:
                took = duration(each.took_ns)
                context.print(f"{each.endpoint} is healthy: successfully committed proposal: took = {took}")
            else:
                context.invocation.stderr(f"{each.endpoint} is unhealthy: failed to commit proposal: {each.error}\n")
    if all(each.healthy for each in found):
        return 0
    context.invocation.stderr("Error: unhealthy cluster\n")
    return 1


async def _health(context: Context, endpoint: Endpoint) -> _Health:
    process = context.invocation.process
    begin_ns = process.now_ns
    error = ""
    try:
        await context.client(endpoint).range(b"health")
    except EtcdError as failure:
        error = said(failure)
    return _Health(endpoint.text, not error, process.now_ns - begin_ns, error)


async def status(context: Context) -> int:
    context.flow("other", "etcdctl endpoint status", "etcd")
    found = [each for each in await _each(context, _status) if each is not None]
    rows = [_status_row(endpoint, answer) for endpoint, answer in found]
    if context.output == "json":
        context.print(as_json([_status_json(endpoint, answer) for endpoint, answer in found]))
    elif context.output == "table":
        titles = [
            "endpoint",
            "ID",
            "version",
            "db size",
            "is leader",
            "is learner",
            "raft term",
            "raft index",
            "raft applied index",
            "errors",
        ]
        context.print(table(titles, rows))
    else:
        for row in rows:
            context.print(", ".join(row))
    if len(found) == len(await _asked(context)):
        return 0
    context.invocation.stderr("Error: failed to get the status of some endpoints\n")
    return 1


async def _status(context: Context, endpoint: Endpoint) -> tuple[str, StatusResponse] | None:
    try:
        return endpoint.text, await context.client(endpoint).status(endpoint.address)
    except EtcdError as error:
        context.invocation.stderr(f"Failed to get the status of endpoint {endpoint.text} ({said(error)})\n")
        return None


def _status_row(endpoint: str, answer: StatusResponse) -> list[str]:
    leads = str(answer.leader == answer.member).lower()
    return [
        endpoint,
        f"{member_id(answer.member):x}",
        VERSION,
        size(answer.db_size_bytes),
        leads,
        "false",
        str(answer.term),
        str(answer.raft_index),
        str(answer.raft_applied_index),
        ", ".join(answer.errors),
    ]


def _status_json(endpoint: str, answer: StatusResponse) -> dict[str, object]:
    return {
        "Endpoint": endpoint,
        "Status": {
            "header": {"member_id": member_id(answer.member), "revision": answer.revision, "raft_term": answer.term},
            "version": VERSION,
            "dbSize": answer.db_size_bytes,
            "leader": member_id(answer.leader) if answer.leader else 0,
            "raftIndex": answer.raft_index,
            "raftTerm": answer.term,
            "raftAppliedIndex": answer.raft_applied_index,
        }
        | ({"errors": list(answer.errors)} if answer.errors else {}),
    }


async def members(context: Context) -> int:
    context.flow("other", "etcdctl member list", "etcd")
    answer = await context.client().members()
    rows = [_member_row(context, member) for member in answer.members]
    if context.output == "json":
        context.print(
            as_json(
                {
                    "header": {"cluster_id": cluster_id(answer.members), "raft_term": answer.term},
                    "members": [
                        {"ID": member_id(member), "name": row[2], "peerURLs": [row[3]], "clientURLs": [row[4]]}
                        for member, row in zip(answer.members, rows, strict=True)
                    ],
                }
            )
        )
    elif context.output == "table":
        context.print(table(["ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner"], rows))
    else:
        for row in rows:
            context.print(", ".join(row))
    return 0


def _member_row(context: Context, member: str) -> list[str]:
    host = member.partition("/")[0]
    ip = context.invocation.process.kernel.hosts[host].ip
    return [
        f"{member_id(member):x}",
        "started",
        host,
        f"https://{ip}:{PEER_PORT}",
        f"https://{ip}:{CLIENT_PORT}",
        "false",
    ]


async def alarms(context: Context) -> int:
    """There are none: a member here never runs out of its quota."""
    return 0


async def _asked(context: Context) -> Sequence[Endpoint]:
    """The endpoints to be asked: with `--cluster` those of all members."""
    if "cluster" not in context.options:
        return context.endpoints
    answer = await context.client().members()
    hosts = [context.invocation.process.kernel.hosts[member.partition("/")[0]] for member in answer.members]
    return [Endpoint(f"https://{host.ip}:{CLIENT_PORT}", Address(host.name, CLIENT_PORT)) for host in hosts]


async def _each(context: Context, ask: Callable[[Context, Endpoint], Coroutine[Any, Any, T]]) -> list[T]:
    """Asks all endpoints side by side; the answers in the order of the endpoints."""
    endpoints = await _asked(context)
    async with context.invocation.process.task_group() as group:
        tasks = [group.spawn(ask(context, endpoint), name=endpoint.text) for endpoint in endpoints]
    return [task.result for task in tasks]
