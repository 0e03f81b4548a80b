"""How a Deployment's rollout goes: plain functions of a Deployment and its ReplicaSets.

Source: Kubernetes, pkg/controller/deployment (rolling.go, sync.go, progress.go) and util/deployment_util.go.
"""

from __future__ import annotations

from typing import Any

import orjson

from orrery.kernel.randomness import NAME_ALPHABET
from orrery.machinery.objects import annotations_of, dig, labels_of, meta, name_of

Document = dict[str, Any]

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
NOT_COPIED = (LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED, MAXIMUM)


def replicas(obj: Document) -> int:
    """How many replicas are asked for."""
    return int(dig(obj, "spec", "replicas", default=1))


def count(obj: Document, name: str) -> int:
    """A count of the status, such as readyReplicas."""
    return int(dig(obj, "status", name, default=0))


def total(sets: list[Document]) -> int:
    return sum(replicas(rs) for rs in sets)


def is_rolling(deployment: Document) -> bool:
    return str(dig(deployment, "spec", "strategy", "type", default="RollingUpdate")) == "RollingUpdate"


def resolve(value: int | str, of: int, *, up: bool) -> int:
    """A number, or a percentage of `of` rounded up or down."""
    if isinstance(value, int):
        return value
    percent = int(str(value).rstrip("%"))
    return -(-percent * of // 100) if up else percent * of // 100


def limits(deployment: Document) -> tuple[int, int]:
    """(max surge, max unavailable) in Pods. Not both may be zero: then one may be unavailable."""
    if not is_rolling(deployment):
        return 0, 0
    rolling = dig(deployment, "spec", "strategy", "rollingUpdate", default={})
    wanted = replicas(deployment)
    surge = resolve(rolling.get("maxSurge", "25%"), wanted, up=True)
    unavailable = resolve(rolling.get("maxUnavailable", "25%"), wanted, up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return surge, min(unavailable, wanted) if wanted else unavailable


def template_hash(template: Document, collisions: int | None) -> str:
    """The hash that names a template's ReplicaSet: 32 bits of FNV-1a in letters that form no words."""
    value = 0x811C9DC5
    data = orjson.dumps(template, option=orjson.OPT_SORT_KEYS)
    if collisions is not None:
        data += collisions.to_bytes(8, "little")
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return "".join(NAME_ALPHABET[ord(digit) % len(NAME_ALPHABET)] for digit in str(value))


def same_template(one: Document, other: Document) -> bool:
    """Whether two Pod templates are the same but for the hash label."""
    return _without_hash(one) == _without_hash(other)


def _without_hash(template: Document) -> Document:
    labels = {key: value for key, value in labels_of(template).items() if key != HASH}
    metadata = {k: v for k, v in (template.get("metadata") or {}).items() if k not in ("labels", "creationTimestamp")}
    return {**template, "metadata": {**metadata, "labels": labels}}


def by_age(sets: list[Document]) -> list[Document]:
    """Oldest first; names decide among those of one second."""
    return sorted(sets, key=lambda rs: (meta(rs).get("creationTimestamp", ""), name_of(rs)))


def new_and_old(deployment: Document, sets: list[Document]) -> tuple[Document | None, list[Document]]:
    """The ReplicaSet of the Deployment's present template (the oldest of them), and the others."""
    ordered = by_age(sets)
    template = dig(deployment, "spec", "template", default={})
    new = next((rs for rs in ordered if same_template(dig(rs, "spec", "template", default={}), template)), None)
    return new, [rs for rs in ordered if rs is not new]


def revision(obj: Document) -> int:
    try:
        return int(annotations_of(obj).get(REVISION, "0"))
    except ValueError:
        return 0


def scale_annotations(deployment: Document) -> Document:
    surge, _ = limits(deployment)
    wanted = replicas(deployment)
    return {DESIRED: str(wanted), MAXIMUM: str(wanted + surge)}


def copied_annotations(deployment: Document) -> Document:
    return {key: value for key, value in annotations_of(deployment).items() if key not in NOT_COPIED}


def new_size(deployment: Document, sets: list[Document], new_replicas: int) -> int:
    """How large the new ReplicaSet may be now: within the surge above what all of them have."""
    wanted = replicas(deployment)
    if not is_rolling(deployment):
        return wanted
    surge, _ = limits(deployment)
    room = wanted + surge - total(sets)
    return new_replicas if room <= 0 else new_replicas + min(room, wanted - new_replicas)


def scale_down_old(deployment: Document, new: Document, old: list[Document]) -> dict[str, int]:
    """New sizes of the old ReplicaSets, by name, that keep enough Pods available: unhealthy ones go first."""
    _, max_unavailable = limits(deployment)
    least_available = replicas(deployment) - max_unavailable
    new_unavailable = replicas(new) - count(new, "availableReplicas")
    most = total([new, *old]) - least_available - new_unavailable
    if total(old) == 0 or most <= 0:
        return {}
    sizes = {name_of(rs): replicas(rs) for rs in old}
    left = most
    for rs in by_age(old):
        unhealthy = min(left, replicas(rs) - count(rs, "availableReplicas"))
        if replicas(rs) and unhealthy > 0:
            sizes[name_of(rs)] -= unhealthy
            left -= unhealthy
    spare = count(new, "availableReplicas") + sum(count(rs, "availableReplicas") for rs in old) - least_available
    for rs in by_age(old):
        gone = max(0, min(sizes[name_of(rs)], spare))
        sizes[name_of(rs)] -= gone
        spare -= gone
    return {name_of(rs): sizes[name_of(rs)] for rs in old if sizes[name_of(rs)] != replicas(rs)}


def is_scaling(deployment: Document, sets: list[Document]) -> bool:
    """Whether the number wanted was changed since the active ReplicaSets were last sized."""
    return any(
        replicas(rs) > 0 and annotations_of(rs).get(DESIRED) not in (None, str(replicas(deployment))) for rs in sets
    )


def proportional_sizes(deployment: Document, new: Document | None, old: list[Document]) -> dict[str, int]:
    """New sizes, by name, when the Deployment is scaled: one active set takes all; several share in proportion."""
    wanted = replicas(deployment)
    sets = [*old, *([new] if new is not None else [])]
    active = [rs for rs in sets if replicas(rs) > 0]
    if len(active) <= 1:
        chosen = active[0] if active else (new or (by_age(old)[-1] if old else None))
        return {} if chosen is None or replicas(chosen) == wanted else {name_of(chosen): wanted}
    if new is not None and _is_saturated(deployment, new):
        return {name_of(rs): 0 for rs in old if replicas(rs) > 0}
    if not is_rolling(deployment):
        return {}
    surge, _ = limits(deployment)
    allowed = wanted + surge if wanted else 0
    left = allowed - total(active)
    largest_first = sorted(active, key=lambda rs: (-replicas(rs), meta(rs).get("creationTimestamp", ""), name_of(rs)))
    sizes = {}
    for rs in largest_first:
        part = 0
        if left:
            before = int(annotations_of(rs).get(MAXIMUM, allowed) or allowed) or 1
            share = (2 * replicas(rs) * allowed + before) // (2 * before) - replicas(rs)  # rounded to the nearest
            part = min(share, left) if left > 0 else max(share, left)
        sizes[name_of(rs)] = max(0, replicas(rs) + part)
        left -= part
    first = name_of(largest_first[0])
    sizes[first] = max(0, sizes[first] + left)
    return {name_of(rs): sizes[name_of(rs)] for rs in active if sizes[name_of(rs)] != replicas(rs)}


def _is_saturated(deployment: Document, new: Document) -> bool:
    wanted = replicas(deployment)
    desired = annotations_of(new).get(DESIRED)
    return replicas(new) == wanted and desired == str(wanted) and count(new, "availableReplicas") == wanted


def is_complete(deployment: Document, status: Document) -> bool:
    """Whether everything is up to date and available."""
    wanted = replicas(deployment)
    return bool(
        status.get("updatedReplicas", 0) == wanted and status.get("replicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
        and status.get("observedGeneration", 0) >= meta(deployment).get("generation", 0)
    )


def is_progressing(deployment: Document, status: Document) -> bool:
    """Whether the new status is nearer to the end than the one that is stored."""
    old = deployment.get("status") or {}

    def left(of: Document) -> int:
        return int(of.get("replicas", 0)) - int(of.get("updatedReplicas", 0))

    return (
        status.get("updatedReplicas", 0) > old.get("updatedReplicas", 0) or left(status) < left(old)
        or status.get("readyReplicas", 0) > old.get("readyReplicas", 0)
        or status.get("availableReplicas", 0) > old.get("availableReplicas", 0)
    )


def counts_of(deployment: Document, new: Document | None, old: list[Document]) -> Document:
    """The counts of the Deployment's status; zeros are left out, as Kubernetes leaves them out."""
    sets = [*old, *([new] if new is not None else [])]
    available = sum(count(rs, "availableReplicas") for rs in sets)
    counts = {
        "replicas": sum(count(rs, "replicas") for rs in sets),
        "updatedReplicas": count(new, "replicas") if new is not None else 0,
        "readyReplicas": sum(count(rs, "readyReplicas") for rs in sets),
        "availableReplicas": available,
        "unavailableReplicas": max(0, total(sets) - available),
        "terminatingReplicas": sum(count(rs, "terminatingReplicas") for rs in sets),
    }
    return {"observedGeneration": meta(deployment).get("generation", 0), **{k: v for k, v in counts.items() if v}}
