"""Hosts, the processes on them, and the links between them."""

from typing import Literal

from orrery.theatre.records.base import Model

ProcessState = Literal["running", "hung", "crashed", "stopped"]
HostRole = Literal["client", "load-balancer", "control-plane", "etcd", "worker", "outside"]
Cut = Literal["no", "both", "a-to-b", "b-to-a"]


class HostRecord(Model):
    type: Literal["host"] = "host"
    id: str                     # "host/cp-1"
    name: str
    ip: str
    role: HostRole
    up: bool
    clock_skew_ns: int = 0
    disk_slow_ns: int = 0       # what every sync takes longer
    disk_full: bool = False
    order: int                  # order of appearance within the role


class ComponentRecord(Model):
    type: Literal["component"] = "component"
    id: str                     # "cp-1/etcd": host and process
    host: str
    name: str                   # "etcd", "kube-apiserver", "kubelet", "containerd", "load-balancer", "kubectl" …
    state: ProcessState
    restarts: int = 0
    leader: bool | None = None  # it holds its lease, or leads Raft; None: nothing of the kind
    since_ns: int               # since when in this state
    reason: str = ""            # why it is not running
    requests: int = 0           # API servers: requests answered so far


class LinkRecord(Model):
    type: Literal["link"] = "link"
    id: str                     # "link/cp-1|cp-2", hosts in alphabetical order
    a: str
    b: str
    cut: Cut
    slow_ns: int = 0
    drop: float = 0.0


class ChaosRecord(Model):
    """Faults that come by themselves, drawn from a seed, until somebody ends them."""
    type: Literal["chaos"] = "chaos"
    id: Literal["chaos"] = "chaos"
    seed: int
    wild: bool                  # it may take a quorum away; else it leaves every majority alone
    faults: int                 # so far
