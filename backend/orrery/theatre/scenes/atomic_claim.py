"""A transaction in etcd: two Services want one address, and exactly one gets it, wholly."""

from orrery.etcd.events import EtcdApplied
from orrery.etcd.requests import Put, Txn
from orrery.kernel import MessageSent
from orrery.machinery.objects import dig
from orrery.machinery.resources import SERVICES
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ADDRESS = "10.96.77.77"
RIVALS = ("rival-a", "rival-b")


def _race(world: World) -> None:
    """At the same instant."""
    ears.listen(world, EtcdApplied, MessageSent)
    for name in RIVALS:
        talk.send(world, name, "POST", SERVICES.path("default"), manifests.service(name, clusterIP=ADDRESS))


def _codes(world: World) -> list[int]:
    return sorted(talk.code(world, name) for name in RIVALS)


def _winner(world: World) -> str:
    return next(name for name in RIVALS if talk.code(world, name) == 201)


def _transactions(world: World) -> list[Txn]:
    """The transactions that asked for either Service to be stored."""
    keys = [SERVICES.key("default", name).encode() for name in RIVALS]
    return [
        event.body for event in ears.heard(world, MessageSent, protocol="etcd", part="request")
        if isinstance(event.body, Txn) and any(isinstance(op, Put) and op.key in keys for op in event.body.success)
    ]


def _together(world: World) -> bool:
    """The Service and its claim on the address were written in one revision."""
    key = SERVICES.key("default", _winner(world))
    for event in ears.heard(world, EtcdApplied):
        keys = [put[0] for put in event.puts]
        if key in keys:
            return len(keys) == 2 and any(ADDRESS in other for other in keys)
    return False


SCENE = Scene(
    id="atomic-claim",
    title=Words(ko="전부 아니면 전무", en="All or nothing"),
    text=Words(
        ko="두 서비스가 같은 클러스터 IP를 원합니다. etcd 트랜잭션은 '아무도 쓰지 않으면'이라는 조건과 두 키의 쓰기를 "
           "한 번에 처리합니다.",
        en="Two Services want one cluster IP. A transaction of etcd tests that nobody has it and writes both keys as "
           "one.",
    ),
    steps=(
        *table.clear(*((SERVICES, name) for name in RIVALS)),
        say("두 서비스가 같은 순간에 10.96.77.77을 요구합니다.",
            "At the same instant two Services ask for 10.96.77.77."),
        Do("create both at once", _race),
        Wait("both are answered", lambda world: all(_codes(world))),
        Expect("one succeeds, one is refused", lambda world: _codes(world) == [201, 422]),
        Expect("the refusal names the field", lambda world: any(
            "spec.clusterIP" in talk.answer(world, name).body.get("message", "") for name in RIVALS)),
        say("각 요청은 조건과 쓰기를 한 트랜잭션에 담았습니다.",
            "Each request put its conditions and writes in one transaction."),
        Expect("transactions with conditions and several writes", lambda world: _transactions(world) and all(
            len(txn.compare) >= 2 and len(txn.success) == 2 for txn in _transactions(world))),
        Expect("both keys in one revision", _together),
        Expect("only the winner is stored", lambda world: [
            name for name in RIVALS if looks.stored(world, SERVICES, name) is not None] == [_winner(world)]),
        Expect("with the address", lambda world: dig(
            looks.stored(world, SERVICES, _winner(world)), "spec", "clusterIP") == ADDRESS),
    ),
)
