"""get, put, del, watch, txn, compaction."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orrery.etcd import (
    Compare,
    DeleteRange,
    DeleteResponse,
    EtcdError,
    KeyValue,
    Op,
    Put,
    PutResponse,
    Range,
    RangeResponse,
    WatchResponse,
    errors,
)
from orrery.etcd.requests import FROM_KEY
from orrery.kernel import MILLISECOND, sleep
from orrery.theatre.terminal import grammar
from orrery.theatre.terminal.etcdctl.context import Context, printable
from orrery.theatre.terminal.etcdctl.printing import as_json, cluster_id, key_value, member_id
from orrery.theatre.terminal.options import UsageError

_WATCH_AGAIN_NS = 500 * MILLISECOND
_COMPARISON = re.compile(r'(\w+)\("?([^"]*)"?\)\s*([=<>]|!=)\s*"?([^"]*)"?')
_SORTS = {"KEY": "key", "CREATE": "create_revision", "MODIFY": "mod_revision", "VERSION": "version", "VALUE": "value"}


async def get(context: Context) -> int:
    options = context.options
    key, range_end = _range(context, "get")
    if "count-only" in options and context.output != "fields":
        raise UsageError("--count-only is only for `--write-out=fields`")
    if "keys-only" in options and "print-value-only" in options:
        raise UsageError("keys-only and print-value-only cannot be set at the same time, at most one")
    context.flow("other", f"get {printable(key)}", printable(key))
    client = context.client()
    response = await client.range(
        key,
        range_end,
        revision=options.number("rev", 0),
        limit=options.number("limit", 0),
        serializable=options.last("consistency", "l") == "s",
        count_only="count-only" in options,
    )
    kvs = _sorted(context, response.kvs)
    if "keys-only" in options:
        kvs = [KeyValue(kv.key, b"", kv.create_revision, kv.mod_revision, kv.version, kv.lease) for kv in kvs]
    if context.output == "json":
        document = {
            "header": await _header(context, response.revision),
            "kvs": [key_value(kv) for kv in kvs],
            "more": response.more,
            "count": response.count,
        }
        context.print(as_json({name: value for name, value in document.items() if value}))
    elif context.output == "fields":
        _print_fields(context, response, kvs)
    else:
        for kv in kvs:
            _print_kv(context, kv)
    return 0


async def put(context: Context) -> int:
    arguments = context.arguments
    if len(arguments) == 1 and context.invocation.stdin is not None:
        lines: list[str] = []
        while (line := await context.invocation.stdin.line()) is not None:
            lines.append(line)
        arguments = [arguments[0], "\n".join(lines)]
    if len(arguments) != 2:
        raise UsageError("put command needs 1 argument and input from stdin or 2 arguments")
    key, value = (argument.encode() for argument in arguments)
    context.flow("request", f"etcdctl put {arguments[0]}", arguments[0])
    response = await context.client().put(key, value, lease=_lease(context))
    context.print("OK")
    if "prev-kv" in context.options and response.prev is not None:
        _print_kv(context, response.prev)
    return 0


async def delete(context: Context) -> int:
    key, range_end = _range(context, "del")
    context.flow("request", f"etcdctl del {printable(key)}", printable(key))
    response = await context.client().delete(key, range_end)
    context.print(str(response.deleted))
    if "prev-kv" in context.options:
        for kv in response.prevs:
            _print_kv(context, kv)
    return 0


async def watch(context: Context) -> int:
    """Streams until it is interrupted."""
    options = context.options
    key, range_end = _range(context, "watch")
    context.flow("other", f"watch {printable(key)}", printable(key))
    client = context.client()
    revision = options.number("rev", 0)
    while True:
        try:
            stream = await client.watch(
                key, range_end, start_revision=revision, prev_kv="prev-kv" in options, require_leader=False
            )
            try:
                while True:
                    response = await stream.next()
                    if response.compact_revision:
                        raise errors.compacted()
                    _print_events(context, response)
                    revision = response.revision + 1
            finally:
                stream.close()
        except EtcdError as error:
            if error.code == errors.OUT_OF_RANGE:
                context.invocation.stderr(f"watch was canceled ({error.message})\n")
                return 1
            await sleep(_WATCH_AGAIN_NS)  # its member is gone: on with the next one, from where it was


def _print_events(context: Context, response: WatchResponse) -> None:
    if context.output == "json" and response.events:
        events = [
            ({} if event.type == "PUT" else {"type": event.type}) | {"kv": key_value(event.kv)}
            for event in response.events
        ]
        context.print(as_json({"Header": {"revision": response.revision}, "Events": events}))
        return
    for event in response.events:
        context.print(event.type)
        if "prev-kv" in context.options and event.prev_kv is not None:
            _print_kv(context, event.prev_kv)
        _print_kv(context, event.kv)


async def txn(context: Context) -> int:
    """Comparisons, then what to do if they hold, then what if not: each part ends with an empty line."""
    interactive = "interactive" in context.options
    compares = [_comparison(line) for line in await _part(context, "compares:", interactive)]
    success = [_operation(line) for line in await _part(context, "success requests (get, put, del):", interactive)]
    failure = [_operation(line) for line in await _part(context, "failure requests (get, put, del):", interactive)]
    writes = any(not isinstance(op, Range) for op in (*success, *failure))
    first = next((printable(op.key) for op in (*success, *failure)), "")
    context.flow("request" if writes else "other", "etcdctl txn", first)
    response = await context.client().txn(compares, success, failure)
    context.print("SUCCESS" if response.succeeded else "FAILURE")
    for each in response.responses:
        context.print("")
        if isinstance(each, PutResponse):
            context.print("OK")
        elif isinstance(each, DeleteResponse):
            context.print(str(each.deleted))
        else:
            for kv in each.kvs:
                _print_kv(context, kv)
    return 0


async def compaction(context: Context) -> int:
    if len(context.arguments) != 1 or not context.arguments[0].isdigit():
        raise UsageError("compaction command needs 1 argument")
    revision = int(context.arguments[0])
    context.flow("request", f"etcdctl compaction {revision}", f"revision {revision}")
    await context.client().compact(revision)
    context.print(f"compacted revision {revision}")
    return 0


def _range(context: Context, name: str) -> tuple[bytes, bytes | None]:
    options, arguments = context.options, context.arguments
    if not 1 <= len(arguments) <= 2:
        raise UsageError(f"{name} command needs one argument as key and an optional argument as range_end")
    if "prefix" in options and "from-key" in options:
        raise UsageError("`--prefix` and `--from-key` cannot be set at the same time, choose one")
    key = arguments[0].encode()
    if len(arguments) == 2:
        if "prefix" in options or "from-key" in options:
            raise UsageError("too many arguments, only accept one argument when `--prefix` or `--from-key` is set")
        return key, arguments[1].encode()
    if "from-key" in options:
        return key or b"\0", FROM_KEY
    if "prefix" in options:
        return (key, _prefix_end(key)) if key else (b"\0", FROM_KEY)
    return key, None


def _prefix_end(prefix: bytes) -> bytes:
    """The first key that does not begin with the prefix."""
    bare = prefix.rstrip(b"\xff")
    return bare[:-1] + bytes([bare[-1] + 1]) if bare else FROM_KEY


def _sorted(context: Context, kvs: Sequence[KeyValue]) -> list[KeyValue]:
    order, by = context.options.last("order").upper(), context.options.last("sort-by").upper()
    if by and by not in _SORTS:
        raise UsageError(f"bad sort target {by}")
    if not order and not by:
        return list(kvs)
    return sorted(kvs, key=lambda kv: getattr(kv, _SORTS[by or "KEY"]), reverse=order.startswith("DESC"))


def _lease(context: Context) -> int:
    text = context.options.last("lease", "0")
    try:
        return int(text, 16)
    except ValueError:
        raise UsageError(
            f"bad lease ID (strconv.ParseInt: parsing {text!r}: invalid syntax), expecting ID in Hex"
        ) from None


async def _header(context: Context, revision: int) -> dict[str, int]:
    client = context.client()
    members = await client.members()
    status = await client.status(context.endpoints[0].address)
    return {
        "cluster_id": cluster_id(members.members),
        "member_id": member_id(status.member),
        "revision": revision,
        "raft_term": status.term,
    }


def _print_kv(context: Context, kv: KeyValue) -> None:
    if "print-value-only" not in context.options:
        context.print(_shown(context, kv.key))
    context.print(_shown(context, kv.value))


def _shown(context: Context, data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data) if "hex" in context.options else printable(data)


def _print_fields(context: Context, response: RangeResponse, kvs: Sequence[KeyValue]) -> None:
    context.print(f'"Revision" : {response.revision}')
    for kv in kvs:
        context.print(f'"Key" : "{printable(kv.key)}"\n"CreateRevision" : {kv.create_revision}')
        context.print(f'"ModRevision" : {kv.mod_revision}\n"Version" : {kv.version}')
        context.print(f'"Value" : {as_json(printable(kv.value))}\n"Lease" : {kv.lease}\n')
    context.print(f'"More" : {str(response.more).lower()}\n"Count" : {response.count}')


async def _part(context: Context, title: str, interactive: bool) -> list[str]:
    if interactive:
        context.print(title)
    lines: list[str] = []
    stdin = context.invocation.stdin
    while stdin is not None and (line := await stdin.line()):
        lines.append(line)
    if interactive:
        context.print("")
    return lines


def _comparison(line: str) -> Compare:
    match = _COMPARISON.fullmatch(line.strip())
    targets = {
        "val": "value",
        "value": "value",
        "ver": "version",
        "version": "version",
        "c": "create",
        "create": "create",
        "m": "mod",
        "mod": "mod",
        "lease": "lease",
    }
    if match is None or match[1] not in targets:
        raise UsageError(f"malformed comparison: {line}")
    target = targets[match[1]]
    if target == "value":
        return Compare(match[2].encode(), target, match[3], match[4].encode())
    if not match[4].lstrip("-").isdigit():
        raise UsageError(f"malformed comparison: {line}; invalid {target}")
    return Compare(match[2].encode(), target, match[3], int(match[4]))


def _operation(line: str) -> Op:
    words, last, _ = grammar.split_words(line)
    words = [*words, last] if last else words
    if words[:1] == ["put"] and len(words) == 3:
        return Put(words[1].encode(), words[2].encode())
    prefix = "--prefix" in words
    keys = [word for word in words[1:] if word != "--prefix"]
    if len(keys) == 1 and words[0] in ("get", "del"):
        key = keys[0].encode()
        end = _prefix_end(key) if prefix else None
        return Range(key, end) if words[0] == "get" else DeleteRange(key, end)
    raise UsageError(f"invalid txn request: {line}")
