"""etcd's errors, in etcd's own words (api/v3rpc/rpctypes/error.go), with their gRPC codes."""

from __future__ import annotations

from typing import Final


class EtcdError(Exception):
    """What etcd answers when it cannot do what was asked. `code` is a gRPC code such as "Unavailable"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


UNAVAILABLE: Final = "Unavailable"
OUT_OF_RANGE: Final = "OutOfRange"
NOT_FOUND: Final = "NotFound"
INVALID_ARGUMENT: Final = "InvalidArgument"
FAILED_PRECONDITION: Final = "FailedPrecondition"
DEADLINE_EXCEEDED: Final = "DeadlineExceeded"


def timed_out() -> EtcdError:
    return EtcdError(UNAVAILABLE, "etcdserver: request timed out")


def timed_out_by_leader_failure() -> EtcdError:
    return EtcdError(UNAVAILABLE, "etcdserver: request timed out, possibly due to previous leader failure")


def no_leader() -> EtcdError:
    return EtcdError(UNAVAILABLE, "etcdserver: no leader")


def compacted() -> EtcdError:
    return EtcdError(OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted")


def future_revision() -> EtcdError:
    return EtcdError(OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision")


def lease_not_found() -> EtcdError:
    return EtcdError(NOT_FOUND, "etcdserver: requested lease not found")


def lease_exists() -> EtcdError:
    return EtcdError(FAILED_PRECONDITION, "etcdserver: lease already exists")


def too_large() -> EtcdError:
    return EtcdError(INVALID_ARGUMENT, "etcdserver: request is too large")


def too_many_operations() -> EtcdError:
    return EtcdError(INVALID_ARGUMENT, "etcdserver: too many operations in txn request")


def duplicate_key() -> EtcdError:
    return EtcdError(INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request")


def empty_key() -> EtcdError:
    return EtcdError(INVALID_ARGUMENT, "etcdserver: key is not provided")
