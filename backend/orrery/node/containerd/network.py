"""The CNI plugins of one host: a bridge, and addresses from the node's Pod CIDR.

The runtime runs them as programs on its own host. What they hand out is kept on the disk, one file an address, as the
``host-local`` plugin does; so a leaked address stays taken until somebody gives it back.
"""

from __future__ import annotations

from ipaddress import IPv4Network

from orrery.kernel import MILLISECOND, Process, sleep
from orrery.node.events import NetworkPluginCalled

NETWORKS = "/var/lib/cni/networks/cbr0/"
LAST = "/var/lib/cni/last_reserved_ip"
_ADD_NS = 40 * MILLISECOND
_DEL_NS = 15 * MILLISECOND


class PodNetwork:
    """``add`` and ``delete`` are CNI's ADD and DEL."""

    def __init__(self, process: Process, pod_cidr: str) -> None:
        self._process = process
        self._network = IPv4Network(pod_cidr)

    async def add(self, sandbox_id: str, pod: str, uid: str) -> str:
        """Joins a sandbox to the network and gives its address. Raises OSError when there is none left."""
        process = self._process
        took_ns = _ADD_NS + process.random.below(_ADD_NS // 2)
        await sleep(took_ns)
        address = self._reserve(sandbox_id)
        none_left = f"failed to allocate for range 0: no IP addresses available in range set: {self._range}"
        error = "" if address else none_left
        process.emit(
            NetworkPluginCalled(
                command="ADD", pod=pod, uid=uid, sandbox=sandbox_id, ip=address, duration_ns=took_ns, error=error
            )
        )
        if error:
            raise OSError(error)
        return address

    async def delete(self, sandbox_id: str, pod: str, uid: str) -> None:
        """Takes a sandbox off the network; nothing happens if it is not on it."""
        address = self.address_of(sandbox_id)
        if not address:
            return
        took_ns = _DEL_NS + self._process.random.below(_DEL_NS // 2)
        await sleep(took_ns)
        self._process.disk.delete(NETWORKS + address)
        self._process.emit(
            NetworkPluginCalled(
                command="DEL", pod=pod, uid=uid, sandbox=sandbox_id, ip=address, duration_ns=took_ns, error=""
            )
        )

    def release(self, address: str) -> None:
        """Gives an address back at once: for a sandbox that never came to be."""
        self._process.disk.delete(NETWORKS + address)

    def address_of(self, sandbox_id: str) -> str:
        """The address that a sandbox holds, "" if none."""
        disk = self._process.disk
        owner = sandbox_id.encode()
        for path in disk.list(NETWORKS):
            if disk.read(path) == owner:
                return path.removeprefix(NETWORKS)
        return ""

    @property
    def _range(self) -> str:
        hosts = self._network
        return f"{hosts.network_address + 1}-{hosts.broadcast_address - 1}"

    def _reserve(self, sandbox_id: str) -> str:
        """The next free address after the last one given, round the range; the first address is the bridge's."""
        disk = self._process.disk
        usable = self._network.num_addresses - 3
        last = disk.read(LAST)
        begin = int(last) if last else 0
        for step in range(usable):
            index = (begin + step) % usable
            address = str(self._network.network_address + 2 + index)
            if not disk.exists(NETWORKS + address):
                disk.write(NETWORKS + address, sandbox_id.encode())
                disk.write(LAST, str(index + 1).encode())
                return address
        return ""
