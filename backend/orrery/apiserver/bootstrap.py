"""What the API server itself puts into the cluster: its namespaces, the Service ``kubernetes``, and who serves it.

Each server keeps a key ``/registry/masterleases/ADDRESS`` alive under a lease of 15 s. Every ten seconds each writes
the addresses of all such keys into the endpoints of ``default/kubernetes`` where they differ: a server that is gone
for longer is taken out by the others (``reconcilers/lease.go``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orrery.apiserver.storage import Changed, Taken, prefix_end
from orrery.etcd import EtcdError
from orrery.kernel import NO_CAUSE, SECOND, sleep
from orrery.machinery.defaults import apply_defaults
from orrery.machinery.objects import Document, name_of, namespace_of
from orrery.machinery.resources import ENDPOINTS, ENDPOINTSLICES, NAMESPACES, SERVICES, STORAGE_ROOT, Resource

if TYPE_CHECKING:
    from orrery.apiserver.server import ApiServer

SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
MASTER_LEASES = f"{STORAGE_ROOT}/masterleases/"
RETRY_NS = 1 * SECOND
_LABELS = {"component": "apiserver", "provider": "kubernetes"}


async def run(server: ApiServer) -> None:
    """Creates what is missing, then keeps the endpoints right for as long as the process lives."""
    await server.cacher.ready.wait()
    lease = 0
    while True:
        server.process.kernel.cause = NO_CAUSE
        try:
            if not server.bootstrapped:
                await _create_missing(server)
            lease = await _renew(server, lease)
            await _reconcile(server)
            server.bootstrapped = True
            await sleep(server.config.endpoint_interval_ns)
        except EtcdError as error:
            server.process.log(f"bootstrap-controller: {error.message}", "error")
            await sleep(RETRY_NS)


async def _create_missing(server: ApiServer) -> None:
    for name in SYSTEM_NAMESPACES:
        await _ensure(server, NAMESPACES, {"metadata": {"name": name}})
    service = {
        "metadata": {"name": "kubernetes", "namespace": "default", "labels": _LABELS},
        "spec": {
            "type": "ClusterIP",
            "clusterIP": str(server.service_network[1]),
            "ports": [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": server.config.port}],
        },
    }
    await _ensure(server, SERVICES, service)


async def _ensure(server: ApiServer, resource: Resource, wanted: dict[str, Any]) -> None:
    """Creates an object unless this server knows it, or etcd does."""
    if server.cacher.find(resource, namespace_of(wanted), name_of(wanted)) is None:
        try:
            await _create(server, resource, wanted)
        except Taken as taken:
            server.process.log(f"bootstrap-controller: {taken.key} is taken", "error")


async def _create(server: ApiServer, resource: Resource, wanted: dict[str, Any]) -> Document | None:
    process = server.process
    strategy = server.strategies[resource.plural]
    obj = apply_defaults(resource, {"kind": resource.kind, "apiVersion": resource.api_version, **wanted})
    identity = {"uid": process.random.uuid(), "creationTimestamp": process.timestamp()}
    obj = strategy.prepare_for_create({**obj, "metadata": {**obj["metadata"], **identity}})
    obj = strategy.allocate(server, obj, None)
    return await server.storage.create(
        resource, namespace_of(obj), name_of(obj), obj, claims=strategy.claims(obj), quiet=True
    )


async def _renew(server: ApiServer, lease: int) -> int:
    """Keeps this server's key alive, or writes it anew where it is lost."""
    if lease:
        try:
            await server.etcd.lease_keep_alive(lease)
            return lease
        except EtcdError as error:
            if "lease not found" not in error.message:
                raise
    lease = await server.etcd.lease_grant(server.config.endpoint_ttl_s)
    await server.etcd.put(f"{MASTER_LEASES}{server.address}".encode(), b"{}", lease=lease, quiet=True)
    return lease


async def _reconcile(server: ApiServer) -> None:
    prefix = MASTER_LEASES.encode()
    found = await server.etcd.range(prefix, prefix_end(prefix), serializable=server.bootstrapped, quiet=True)
    addresses = [kv.key.decode().removeprefix(MASTER_LEASES) for kv in found.kvs]
    port = {"name": "https", "port": server.config.port, "protocol": "TCP"}
    subsets = [{"addresses": [{"ip": ip} for ip in addresses], "ports": [port]}]
    await _write(server, ENDPOINTS, {"metadata": _metadata(), "subsets": subsets})
    slice_labels = {"kubernetes.io/service-name": "kubernetes"}
    endpoint_slice = {
        "metadata": _metadata(slice_labels),
        "addressType": "IPv4",
        "endpoints": [{"addresses": [ip], "conditions": {"ready": True}} for ip in addresses],
        "ports": [port],
    }
    await _write(server, ENDPOINTSLICES, endpoint_slice)


def _metadata(labels: dict[str, str] | None = None) -> dict[str, Any]:
    skip = {"endpointslice.kubernetes.io/skip-mirror": "true"} if labels is None else {}
    return {"name": "kubernetes", "namespace": "default", "labels": {**skip, **(labels or {})}}


async def _write(server: ApiServer, resource: Resource, wanted: dict[str, Any]) -> None:
    """Makes an object as it should be; if somebody else writes it meanwhile, the next round will do."""
    old = server.cacher.find(resource, "default", "kubernetes")
    if old is None:
        await _create(server, resource, wanted)
        return
    content = {key: value for key, value in wanted.items() if key != "metadata"}
    if all(old.get(key) == value for key, value in content.items()):
        return
    new = server.strategies[resource.plural].prepare_for_update({**old, **content}, old)
    try:
        await server.storage.replace(resource, "default", "kubernetes", old, new, quiet=True)
    except Changed:
        pass
