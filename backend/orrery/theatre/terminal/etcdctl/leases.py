"""lease grant, list, timetolive, keep-alive, revoke."""

from __future__ import annotations

from orrery.etcd import EtcdError
from orrery.kernel import SECOND, sleep
from orrery.theatre.terminal.etcdctl.context import Context, printable
from orrery.theatre.terminal.options import UsageError


async def grant(context: Context) -> int:
    if len(context.arguments) != 1:
        raise UsageError("lease grant command needs TTL argument")
    if not context.arguments[0].isdigit():
        raise UsageError(f"bad TTL (strconv.ParseInt: parsing {context.arguments[0]!r}: invalid syntax)")
    context.flow("request", "etcdctl lease grant", "lease")
    client = context.client()
    lease = await client.lease_grant(int(context.arguments[0]))
    granted = await client.lease_time_to_live(lease)
    context.print(f"lease {lease:016x} granted with TTL({granted.granted_s}s)")
    return 0


async def list_all(context: Context) -> int:
    found = await context.client().leases()
    context.print(f"found {len(found.ids)} leases")
    for lease in found.ids:
        context.print(f"{lease:016x}")
    return 0


async def time_to_live(context: Context) -> int:
    lease = _lease(context, "timetolive")
    answer = await context.client().lease_time_to_live(lease)
    if answer.ttl_s < 0:
        context.print(f"lease {lease:016x} already expired")
        return 0
    text = f"lease {lease:016x} granted with TTL({answer.granted_s}s), remaining({answer.ttl_s}s)"
    if "keys" in context.options:
        text += f", attached keys([{' '.join(printable(key) for key in answer.keys)}])"
    context.print(text)
    return 0


async def keep_alive(context: Context) -> int:
    """Streams until it is interrupted or the lease is gone, unless `--once`."""
    lease = _lease(context, "keep-alive")
    client = context.client()
    while True:
        try:
            ttl_s = await client.lease_keep_alive(lease)
        except EtcdError as error:
            if error.code != "NotFound":
                raise
            context.print(f"lease {lease:016x} expired or revoked.")
            return 0
        context.print(f"lease {lease:016x} keepalived with TTL({ttl_s})")
        if "once" in context.options:
            return 0
        await sleep(max(1, ttl_s // 3) * SECOND)


async def revoke(context: Context) -> int:
    lease = _lease(context, "revoke")
    context.flow("request", f"etcdctl lease revoke {lease:016x}", f"lease {lease:016x}")
    await context.client().lease_revoke(lease)
    context.print(f"lease {lease:016x} revoked")
    return 0


def _lease(context: Context, name: str) -> int:
    if len(context.arguments) != 1:
        raise UsageError(f"lease {name} command needs lease ID as argument")
    try:
        return int(context.arguments[0], 16)
    except ValueError:
        why = f'strconv.ParseInt: parsing "{context.arguments[0]}": invalid syntax'
        raise UsageError(f"bad lease ID arg ({why}), expecting ID in Hex") from None
