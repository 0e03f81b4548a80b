"""Keys that live by a lease: an API server that dies is forgotten when its lease runs out."""

from orrery.etcd.events import EtcdApplied, LeaseChanged
from orrery.kernel import MINUTE, SECOND, MessageSent
from orrery.machinery.resources import ENDPOINTSLICES
from orrery.theatre.scenes import ears, looks, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

KEYS = "/registry/masterleases/"


def _addresses(world: World) -> list[str]:
    """Who serves the Service "kubernetes"."""
    found = looks.stored(world, ENDPOINTSLICES, "kubernetes") or {}
    return [address for endpoint in found.get("endpoints") or () for address in endpoint["addresses"]]


def _crash(world: World) -> None:
    ears.listen(world, EtcdApplied, LeaseChanged, MessageSent)
    server = looks.components(world, "kube-apiserver")[-1]
    ip = world.kernel.hosts[server.partition("/")[0]].ip
    world.notes.update(server=server, ip=ip, at_ns=world.kernel.now_ns)
    world.acts.fault("crash-process", component=server)


def _key_gone(world: World) -> bool:
    return any(f"{KEYS}{world.notes['ip']}" in event.deletes for event in ears.heard(world, EtcdApplied))


SCENE = Scene(
    id="lease-expiry",
    title=Words(ko="리스가 다하면 키도 사라진다", en="When a lease runs out, so does its key"),
    text=Words(
        ko="API 서버는 자기 주소를 15초짜리 etcd 리스에 걸어 둡니다. 죽으면 갱신이 끊기고, etcd가 키를 지우며, 남은 "
           "서버가 엔드포인트에서 뺍니다.",
        en="Each API server keeps its address in etcd under a lease of 15 s. When it dies etcd deletes the key, and "
           "the others take it out of the endpoints.",
    ),
    steps=(
        *table.clear(),
        Wait("all API servers serve the Service kubernetes",
             lambda world: len(_addresses(world)) == len(looks.components(world, "kube-apiserver")), MINUTE),
        say("default/kubernetes 서비스의 엔드포인트는 살아 있는 API 서버들입니다.",
            "The endpoints of the Service default/kubernetes are the API servers that live."),
        Do("crash an API server", _crash),
        say("리스를 갱신하는 이가 없습니다. 15초를 기다립니다.",
            "Nobody renews its lease now. We wait for 15 seconds."),
        Wait("etcd deletes its key", _key_gone, MINUTE),
        Expect("not at once", lambda world: world.kernel.now_ns - world.notes["at_ns"] >= 5 * SECOND),
        Expect("with the lease", lambda world: ears.heard(world, LeaseChanged, change="revoked")),
        Expect("though no client asked for it", lambda world: not ears.heard(
            world, MessageSent, protocol="etcd", kind="LeaseRevoke", part="request")),
        Wait("the others have taken it out", lambda world: world.notes["ip"] not in _addresses(world), MINUTE),
        Expect("the others are still there",
               lambda world: len(_addresses(world)) == len(looks.components(world, "kube-apiserver")) - 1),
        Do("restart it", lambda world: world.acts.fault("restart-process", component=world.notes["server"])),
        Wait("it is back", lambda world: world.notes["ip"] in _addresses(world), MINUTE),
    ),
)
