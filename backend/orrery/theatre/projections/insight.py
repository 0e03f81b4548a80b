"""A look into etcd's members themselves, for what they do not trace: timers, what a leader knows of its followers."""

from orrery.cluster import Cluster
from orrery.etcd import EtcdMember
from orrery.raft import Raft


class Insight:
    """The members of one cluster, in order; only looked at, never touched."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.kernel = cluster.kernel
        self.members = [process.id for process in cluster.processes if process.name == "etcd"]

    def raft(self, member: str) -> Raft | None:
        """The Raft state machine of a member; None while it does not run."""
        if self.kernel.process(member).state != "running":
            return None
        part = self._cluster.parts.get(member)
        # It has none until it has read its disk.
        return getattr(part, "raft", None) if isinstance(part, EtcdMember) else None


def host_of(member: str) -> str:
    """A member's name as people say it where it is clear that members are meant."""
    return member.partition("/")[0]
