"""How a Deployment's rollout goes: plain functions of a Deployment and its ReplicaSets.

Source: Kubernetes, pkg/controller/deployment (rolling.go, sync.go) and util/deployment_util.go.
"""

from __future__ import annotations

from typing import Any

import orjson

from orrery.kernel.randomness import NAME_ALPHABET
from orrery.machinery.objects import (
    annotations_of,
    dig,
    is_deleting,
    labels_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
)

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


def available(rs: Document) -> int:
    """How many Pods of a set may be relied on: of those that its status counts, no more than it is still to keep. Just
    after it was scaled down, its status counts some that are about to go."""
    return min(count(rs, "availableReplicas"), replicas(rs))


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
    wanted = replicas(deployment)
    if not is_rolling(deployment):
        return 0, 0
    rolling = dig(deployment, "spec", "strategy", "rollingUpdate", default={})
    surge = resolve(rolling.get("maxSurge", "25%"), wanted, up=True)
    unavailable = resolve(rolling.get("maxUnavailable", "25%"), wanted, up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return surge, min(unavailable, wanted)


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
    """The number that a ReplicaSet has in the Deployment's history; 0 for none."""
    return _number(annotations_of(obj).get(REVISION))


def set_annotations(deployment: Document, rs: Document, number: int) -> Document:
    """The annotations of the new ReplicaSet: the Deployment's own, and its number, which only ever rises.

    A set that is wanted again notes its former number as history: `kubectl rollout history` knows it by the new one.
    """
    annotations = {**annotations_of(rs), **copied_annotations(deployment)}
    former = annotations.get(REVISION)
    if revision(rs) < number:
        annotations[REVISION] = str(number)
        if former:
            history = [h for h in annotations.get(REVISION_HISTORY, "").split(",") if h]
            annotations[REVISION_HISTORY] = ",".join([*history, former])
    return annotations


def surplus_history(deployment: Document, old: list[Document]) -> list[Document]:
    """The old ReplicaSets beyond `revisionHistoryLimit`, oldest revision first, that are empty and known to be so."""
    alive = [rs for rs in old if not is_deleting(rs)]
    limit = int(dig(deployment, "spec", "revisionHistoryLimit", default=10))
    return [
        rs for rs in sorted(alive, key=revision)[: max(0, len(alive) - limit)]
        if not replicas(rs) and not count(rs, "replicas")
        and count(rs, "observedGeneration") >= meta(rs).get("generation", 0)
    ]


def scale_annotations(deployment: Document) -> Document:
    surge, _ = limits(deployment)
    wanted = replicas(deployment)
    return {DESIRED: str(wanted), MAXIMUM: str(wanted + surge)}


def copied_annotations(deployment: Document) -> Document:
    return {key: value for key, value in annotations_of(deployment).items() if key not in NOT_COPIED}


def new_set(deployment: Document, old: list[Document], number: int) -> Document:
    """The ReplicaSet of the present template as it is to be made, as revision `number`."""
    template = dig(deployment, "spec", "template", default={})
    digest = template_hash(template, dig(deployment, "status", "collisionCount"))
    labels = {**labels_of(template), HASH: digest}
    selector = dig(deployment, "spec", "selector", default={})
    return {
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": f"{name_of(deployment)}-{digest}", "namespace": namespace_of(deployment), "labels": labels,
            "annotations": {
                **copied_annotations(deployment), REVISION: str(number), **scale_annotations(deployment),
            },
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": {
            "replicas": new_size(deployment, old, 0),
            "minReadySeconds": dig(deployment, "spec", "minReadySeconds", default=0),
            "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH: digest}},
            "template": {**template, "metadata": {**(template.get("metadata") or {}), "labels": labels}},
        },
    }


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
    new_unavailable = replicas(new) - available(new)
    most = total([new, *old]) - least_available - new_unavailable
    if total(old) == 0 or most <= 0:
        return {}
    sizes = {name_of(rs): replicas(rs) for rs in old}
    left = most
    for rs in by_age(old):
        unhealthy = min(left, replicas(rs) - available(rs))
        sizes[name_of(rs)] -= unhealthy
        left -= unhealthy
    spare = sum(available(rs) for rs in [new, *old]) - least_available
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
    return _shares(deployment, active)


def _shares(deployment: Document, active: list[Document]) -> dict[str, int]:
    """What there is to add or to take, in proportion to the sizes; the largest set gets what rounding leaves over.
    Of equally large ones the newer grows first and the older shrinks first."""
    surge, _ = limits(deployment)
    allowed = replicas(deployment) + surge if replicas(deployment) else 0
    change = allowed - total(active)
    if change == 0:
        return {}
    aged = by_age(active)
    largest_first = sorted(aged[::-1] if change > 0 else aged, key=lambda rs: -replicas(rs))
    sizes = {}
    left = change
    for rs in largest_first:
        share = _share(deployment, rs, allowed)
        part = min(share, left) if change > 0 else max(share, left)
        sizes[name_of(rs)] = replicas(rs) + part
        left -= part
    sizes[name_of(largest_first[0])] += left
    return {name_of(rs): max(0, sizes[name_of(rs)]) for rs in active if sizes[name_of(rs)] != replicas(rs)}


def _share(deployment: Document, rs: Document, allowed: int) -> int:
    """By how much a set grows or shrinks if all of them keep their proportions, rounded to the nearest."""
    if replicas(deployment) == 0:
        return -replicas(rs)
    before = _number(annotations_of(rs).get(MAXIMUM)) or count(deployment, "replicas")
    return (2 * replicas(rs) * allowed + before) // (2 * before) - replicas(rs) if before else 0


def _is_saturated(deployment: Document, new: Document) -> bool:
    wanted = replicas(deployment)
    desired = annotations_of(new).get(DESIRED)
    return replicas(new) == wanted and desired == str(wanted) and count(new, "availableReplicas") == wanted


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
