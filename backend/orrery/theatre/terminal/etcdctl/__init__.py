"""etcdctl, as release 3.5 takes its flags and prints its answers.

It asks the simulated members over the simulated network. What it shows of Kubernetes' keys is JSON: this API server
stores JSON where the real one stores protobuf.

command     the command line: flags, endpoints, which subcommand
keys        get, put, del, watch, txn, compaction
leases      lease grant, list, timetolive, keep-alive, revoke
cluster     endpoint health and status, member list, alarm list
printing    tables, identifiers, sizes, JSON
"""

from orrery.theatre.terminal.etcdctl.command import COMMANDS, complete, etcdctl

__all__ = ["COMMANDS", "complete", "etcdctl"]
