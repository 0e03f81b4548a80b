"""What kube-apiserver is told by its flags. The defaults are Kubernetes' own."""

from __future__ import annotations

from dataclasses import dataclass

from orrery.kernel import MICROSECOND, MINUTE, SECOND, Address


@dataclass(frozen=True, slots=True)
class ApiServerConfig:
    """The flags of one API server.

    ``advertise_address`` is the address that ends up in the endpoints of ``default/kubernetes``; the host's own where
    it is empty. ``watch_window`` is how many events of a kind the watch cache keeps for those who come back.
    ``request_cpu_ns`` is what a request costs in virtual time.
    """

    etcd_endpoints: tuple[Address, ...] = ()
    port: int = 6443
    advertise_address: str = ""
    service_cidr: str = "10.96.0.0/12"
    node_port_first: int = 30000
    node_port_last: int = 32767
    version: str = "v1.37.0"
    audit_log_path: str = "/var/log/kubernetes/audit/audit.log"
    audit_max_records: int = 2000
    event_ttl_s: int = 3600
    request_timeout_ns: int = 60 * SECOND
    min_watch_timeout_ns: int = 1800 * SECOND
    bookmark_interval_ns: int = 1 * MINUTE
    compaction_interval_ns: int = 5 * MINUTE
    endpoint_interval_ns: int = 10 * SECOND
    endpoint_ttl_s: int = 15
    watch_window: int = 1024
    watch_backlog: int = 1000
    max_body_bytes: int = 3 * 1024 * 1024
    request_cpu_ns: int = 300 * MICROSECOND
