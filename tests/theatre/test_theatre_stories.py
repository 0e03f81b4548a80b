"""The title of a flow as data, so that the page can word it."""

from __future__ import annotations

import pytest

from orrery.kernel import FlowStarted
from orrery.theatre.stories import story


@pytest.mark.parametrize(
    ("kind", "title", "subject", "what", "arguments"),
    [
        ("request", "apply deployments/web", "deployments/web", "apply", {"object": "deployments/web"}),
        ("request", "apply pods/a and 2 more", "pods/a", "apply-more", {"object": "pods/a", "more": 2}),
        ("request", "scale deployments/web to 5", "x", "scale", {"object": "deployments/web", "replicas": 5}),
        ("request", "delete pods/web-1", "pods/web-1", "delete", {"object": "pods/web-1"}),
        ("request", "create configmaps", "configmaps", "create", {"object": "configmaps"}),
        ("fault", "crash-process cp-1/etcd", "cp-1/etcd", "crash-process", {"object": "cp-1/etcd"}),
        ("fault", "heal-all", "", "heal-all", {"object": ""}),
        ("election", "cp-3/etcd stands for election", "cp-3/etcd", "stands", {"member": "cp-3/etcd"}),
        ("eviction", "node worker-1 is silent", "worker-1", "silent", {"node": "worker-1"}),
        ("request", "kubectl apply -f web.yaml", "", "", {}),
    ],
)
def test_a_title_is_taken_apart(
    kind: str, title: str, subject: str, what: str, arguments: dict[str, str | int]
) -> None:
    assert story(FlowStarted(kind=kind, title=title, subject=subject)) == (what, arguments)
