"""Whatever a client sends, the server answers: no body, path, query or header takes it down."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from apiserver_lab import Lab, config_map, deployment, pod

from orrery.kernel import RandomStream
from orrery.machinery.objects import deep_copy
from orrery.machinery.resources import RESOURCES

JUNK: tuple[Any, ...] = (
    None, "", "abc", "10.96.0.300", "../../x", "a" * 300, "-1", "\u0000", "é", -1, 0, 1, 1.5, 2**31, 2**63, True,
    [], {}, [None], [[]], [{}], {"": ""}, {"a": None}, {"$patch": "delete"}, {"$patch": 7}, ["None"], ["abc"], "None",
    "2026-01-01T00:00:00Z", "99%", "%", "1Ti", "1e400",
)  # fmt: skip
KEYS = (
    "metadata", "spec", "status", "clusterIP", "clusterIPs", "ports", "nodePort", "externalName", "type", "selector",
    "template", "containers", "resources", "limits", "requests", "finalizers", "labels", "annotations", "name",
    "namespace", "ownerReferences", "generateName", "resourceVersion", "uid", "priorityClassName", "tolerations",
    "replicas", "deleteOptions", "target", "subsets", "endpoints", "data", "stringData", "taints", "conditions",
    "gracePeriodSeconds", "preconditions", "propagationPolicy", "ipFamilies", "$setElementOrder/containers",
)  # fmt: skip
QUERIES = (
    "limit", "continue", "resourceVersion", "resourceVersionMatch", "labelSelector", "fieldSelector", "dryRun",
    "fieldValidation", "includeObject", "gracePeriodSeconds", "propagationPolicy", "watch", "timeoutSeconds",
    "sendInitialEvents", "allowWatchBookmarks", "verbose", "exclude",
)  # fmt: skip
WORDS = ("true", "0", "1", "5", "-1", "abc", "x in", "a=b,c", "spec.nodeName=a", "metadata.name=web", "Exact",
         "NotOlderThan", "Strict", "All", "Orphan", "99999999999999999999", "!!", "eyJ2IjoxfQ", "é", "")  # fmt: skip
TYPES = (
    "", "application/json", "application/yaml", "application/json-patch+json", "application/merge-patch+json",
    "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/vnd.kubernetes.protobuf",
    "x",
)  # fmt: skip
ACCEPTS = (
    "", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
    "text/html", ";;;=,,", "*/*",
)  # fmt: skip
SERVICE: dict[str, Any] = {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}], "type": "NodePort"}}
_DEFAULT = "/api/v1/namespaces/default"
SAMPLES: tuple[tuple[str, dict[str, Any]], ...] = (
    (f"{_DEFAULT}/pods", pod()),
    ("/apis/apps/v1/namespaces/default/deployments", deployment()),
    (f"{_DEFAULT}/configmaps", config_map("web", {"a": "1"})),
    (f"{_DEFAULT}/services", SERVICE),
    (f"{_DEFAULT}/secrets", {"metadata": {"name": "web"}, "stringData": {"a": "b"}}),
    (f"{_DEFAULT}/pods/web/binding", {"metadata": {"name": "web"}, "target": {"kind": "Node", "name": "worker-1"}}),
    (f"{_DEFAULT}/pods/web/eviction", {"metadata": {"name": "web"}, "deleteOptions": {"gracePeriodSeconds": 3}}),
    (f"{_DEFAULT}/pods/web/status", {"metadata": {"name": "web"}, "status": {"phase": "Running"}}),
    ("/apis/apps/v1/namespaces/default/deployments/web/scale", {"metadata": {"name": "web"}, "spec": {"replicas": 2}}),
    (f"{_DEFAULT}/configmaps/web", {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 1}),
    ("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
     {"metadata": {"name": "web"}, "addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}]}),
    (f"{_DEFAULT}/endpoints",
     {"metadata": {"name": "web"}, "subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 1}]}]}),
    ("/apis/coordination.k8s.io/v1/namespaces/default/leases",
     {"metadata": {"name": "web"}, "spec": {"holderIdentity": "a", "leaseDurationSeconds": 5}}),
    (f"{_DEFAULT}/events", {"metadata": {"name": "web"}, "involvedObject": {"namespace": "default"}, "reason": "R"}),
    ("/api/v1/nodes", {"metadata": {"name": "web"}, "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]},
                       "status": {"conditions": [{"type": "Ready", "status": "True"}], "capacity": {"cpu": "1"}}}),
    ("/api/v1/namespaces", {"metadata": {"name": "web"}, "spec": {"finalizers": ["kubernetes"]}}),
    ("/api/v1/namespaces/web/finalize", {"metadata": {"name": "web"}, "spec": {}}),
)  # fmt: skip


PLURALS = tuple(resource.plural for resource in RESOURCES)


class Fuzz:
    """Requests that are nearly right, from one seed."""

    def __init__(self, random: RandomStream) -> None:
        self.random = random

    def request(self) -> tuple[str, str, Any]:
        """Method, path and body: mostly such as go together."""
        random = self.random
        path, sample = random.choice(SAMPLES)
        method = random.choice(("POST", "POST", "PUT", "PATCH", "PATCH", "DELETE"))
        if method != "POST" and path.rpartition("/")[2] in PLURALS:
            path += "/web" + random.choice(("", "", "", "/status"))
        if random.chance(0.2):
            path = self.path()
        if random.chance(0.1):
            method = random.choice(("GET", "BREW", "POST"))
        return method, path, self.body(sample)

    def body(self, sample: dict[str, Any]) -> Any:
        document: Any = deep_copy(sample)
        for _ in range(self.random.below(4)):
            document = self.spoiled(document, 0)
        form = self.random.below(20)
        if form == 0:
            return orjson.dumps(document)[: self.random.below(60)]
        if form == 1:
            return self.random.choice(JUNK)
        if form == 2:
            path = "/" + "/".join(self.random.choice(KEYS) for _ in range(self.random.between(1, 3)))
            operation = self.random.choice(("add", "remove", "replace", "test", "move", "copy", "x"))
            return [{"op": operation, "path": path, "value": self.random.choice(JUNK), "from": "/spec"}]
        if form < 10:
            return orjson.dumps(document)
        return document

    def spoiled(self, value: Any, depth: int) -> Any:
        random = self.random
        if isinstance(value, dict) and value and (depth == 0 or random.chance(0.8)):
            key = random.choice(list(value)) if random.chance(0.7) else random.choice(KEYS)
            return {**value, key: self.spoiled(value.get(key), depth + 1)}
        if isinstance(value, list) and value and random.chance(0.8):
            at = random.below(len(value))
            return [self.spoiled(item, depth + 1) if i == at else item for i, item in enumerate(value)]
        return deep_copy(random.choice(JUNK))

    def path(self) -> str:
        random = self.random
        resource = random.choice(RESOURCES)
        namespace = random.choice(("default", "default", "default", "kube-system", "nowhere", ""))
        name = random.choice(("web", "web", "", "kubernetes", "x y", "é"))
        subresources = ["", "", *(sub.name for sub in resource.subresources)]
        return resource.path(namespace, name, random.choice(subresources) if name else "")

    def query(self) -> dict[str, str]:
        random = self.random
        if random.chance(0.7):
            return {}
        return {random.choice(QUERIES): random.choice(WORDS) for _ in range(random.below(3))}

    def content_type(self, method: str) -> str:
        if self.random.chance(0.1):
            return self.random.choice(TYPES)
        return self.random.choice(TYPES[3:6]) if method == "PATCH" else ""

    def accept(self) -> str:
        return self.random.choice(ACCEPTS) if self.random.chance(0.2) else ""


@pytest.mark.parametrize("seed", range(4))
def test_junk_is_answered(seed: int) -> None:
    lab = Lab(seed=seed)
    fuzz = Fuzz(lab.kernel.stream("fuzz"))
    codes: dict[int, int] = {}

    async def ask() -> None:
        for _ in range(700):
            method, path, body = fuzz.request()
            response = await lab.ask(
                method, path, body, query=fuzz.query(), content_type=fuzz.content_type(method), accept=fuzz.accept()
            )
            codes[response.code] = codes.get(response.code, 0) + 1

    async def watch() -> None:
        for _ in range(60):
            response, stream = await lab.open_watch(fuzz.path(), query=fuzz.query(), accept=fuzz.accept())
            codes[response.code] = codes.get(response.code, 0) + 1
            if fuzz.random.chance(0.5):
                stream.close()

    async def look_on() -> None:
        """Watches everything, as tables and as it is, while the junk comes in."""
        for resource in RESOURCES:
            for accept in ACCEPTS[:3]:
                response, _ = await lab.open_watch(resource.path(), accept=accept, query={"resourceVersion": "0"})
                assert response.ok

    for work in (watch(), look_on(), ask()):
        task = lab.client.spawn(work, name="fuzz")
        lab.settle(60)
        assert [repr(bug) for bug in lab.kernel.faults.bugs] == []
        assert task.done and task.error is None
    assert len(codes) >= 8 and codes[200] > 30 and codes[201] > 10, codes


def test_yaml_numbers_beyond_all_bounds_are_answered() -> None:
    lab = Lab()
    for field in ("replicas", "minReadySeconds"):
        text = f"metadata: {{name: web}}\nspec: {{{field}: {2**70}, selector: {{}}, template: {{}}}}".encode()
        path = "/apis/apps/v1/namespaces/default/deployments"
        assert lab.call("POST", path, text, content_type="application/yaml").code == 400
