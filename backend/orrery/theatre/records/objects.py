"""Answers to those who look at objects: lists, one object at an instant, its past, how it stands, its kind's schema."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orrery.theatre.records.base import Model


class ObjectRow(Model):
    """One object in a list."""
    id: str                     # "object/deployments/default/web"
    resource: str
    kind: str
    namespace: str
    name: str
    uid: str
    revision: int               # resourceVersion
    created_ns: int
    changed_ns: int
    labels: dict[str, str]
    owner: str | None           # "ReplicaSet/web-5d9", its controller or its first owner
    owner_uid: str | None
    summary: str                # in a few words
    cells: tuple[str, ...]      # as `kubectl get` prints it; ages left out
    deleting: bool


class KindView(Model):
    """A kind that the API server serves."""
    resource: str
    kind: str
    api_version: str
    namespaced: bool
    short: str                  # "deploy"
    columns: tuple[str, ...]    # of its rows' cells


class ObjectList(Model):
    """GET /api/objects: what existed at an instant."""
    at_ns: int
    kinds: tuple[KindView, ...]
    rows: tuple[ObjectRow, ...]
    more: int                   # how many fit, and are not here
    whole_from_ns: int          # what is older may be forgotten


class WriterView(Model):
    user: str
    agent: str                  # as the program calls itself: "kubectl-apply", "kube-scheduler"
    component: str
    event: int                  # its request


class VersionView(Model):
    """One version of an object."""
    revision: int
    t_ns: int
    verb: Literal["created", "updated", "deleted"]
    uid: str
    flow: int
    event: int
    writer: WriterView | None   # None: that is not kept
    changed: tuple[str, ...]    # paths of the fields that differ from the version before, a few
    more: int                   # and so many others


class ObjectHistory(Model):
    """GET /api/object/history: versions, the newest first."""
    versions: tuple[VersionView, ...]
    more: bool                  # ask for what is `before` the last one's revision
    whole_from_ns: int


class ObservationView(Model):
    """What somebody who looks after the object last saw in it, and did."""
    by: str                     # the controller's name, or kubelet, kube-proxy
    source: str                 # the component
    t_ns: int | None            # None: it never found anything to do
    event: int
    saw: str
    difference: str
    actions: tuple[str, ...]
    looked_ns: int | None       # when it last looked at all


class StandingRow(Model):
    """One thing that is wanted, and how it is."""
    key: Literal[
        "replicas", "ready", "updated", "available", "seen", "image", "container", "condition", "node", "phase",
        "endpoints", "pods", "cpu", "memory", "lease", "members", "deletion",
    ]
    name: str = ""              # of the image, the container, the condition
    wanted: str
    actual: str
    wanted_count: float | None = None    # where it can be drawn as a bar
    actual_count: float | None = None
    state: Literal["good", "bad", "moving", "unknown"]
    why: str = ""               # a reason or message, in the cluster's own words


class EventLine(Model):
    """A Kubernetes Event about the object."""
    id: str
    type: str
    reason: str
    message: str
    source: str
    count: int
    first_ns: int
    last_ns: int


class ObjectReply(Model):
    """GET /api/object: an object as it was at an instant, or in a version."""

    text: str
    object: dict[str, object]
    revision: int = 0
    t_ns: int = 0               # when this version was written
    latest: bool = True         # nothing newer is stored at the present
    standing: tuple[StandingRow, ...] = ()
    observed: tuple[ObservationView, ...] = ()
    events: tuple[EventLine, ...] = ()


class SchemaReply(Model):
    """GET /api/schema: a kind's part of the API server's own OpenAPI v3 document."""
    root: str                   # the name of the kind's schema
    schemas: dict[str, object]  # by name


class TryRequest(Model):
    """POST /api/try: what an apply would come to, without doing it."""
    text: str = Field(max_length=262_144)
    revision: int | None = None    # the version that was edited: what others changed since is looked at too


class ConflictView(Model):
    """A field that was changed both in the text and, since, by somebody else."""
    path: str                   # "spec.replicas", "spec.template.spec.containers[web].image"
    theirs: str                 # as JSON, which is YAML too
    revision: int
    by: str                     # the user


class TryResult(Model):
    object: str
    verb: Literal["created", "configured", "unchanged", "failed"]
    message: str = ""
    before: str = ""            # YAML as it is stored now; empty: it is not there
    after: str = ""             # as the API server says it would be
    conflicts: tuple[ConflictView, ...] = ()
    merged: str = ""            # the text with what others changed meanwhile, where they have changed something


class TryReply(Model):
    """No results: the cluster has not answered in time; its clock may be paused."""
    results: tuple[TryResult, ...]
