"""Who may do what: the Node authorizer, then RBAC with the roles that Kubernetes bootstraps.

A rule is verbs, groups and resources (``pods/status``), or verbs and paths. There are no objects for roles yet: the
tables below are the bootstrap policy (``plugin/pkg/auth/authorizer/rbac/bootstrappolicy``). The controller manager runs
its controllers under its own name, so its role is that of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orrery.apiserver.requests import RequestInfo

READ = ("get", "list", "watch")
WRITE = ("create", "update", "patch", "delete")
ALL = ("*",)

NODES_GROUP = "system:nodes"
NODE_PREFIX = "system:node:"
NODE_LEASES = "kube-node-lease"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role allows. ``names`` restricts it to objects of these names."""

    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def allows(self, info: RequestInfo) -> bool:
        """Whether the rule covers the request."""
        if info.verb not in self.verbs and self.verbs != ALL:
            return False
        if info.resource is None:
            return any(_covers(path, info.path) for path in self.paths)
        if self.names and info.name not in self.names:
            return False
        return _has(self.groups, info.group) and _has(self.resources, info.qualified)


def _has(allowed: tuple[str, ...], wanted: str) -> bool:
    return wanted in allowed or allowed == ALL


def _covers(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


CLUSTER_ADMIN = (Rule(ALL, ALL, ALL, ("*",)),)
_HEALTH = ("/healthz", "/livez", "/readyz", "/version", "/version/")
PUBLIC_INFO = (Rule(("get",), paths=_HEALTH),)
DISCOVERY = (Rule(("get",), paths=(*_HEALTH, "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*")),)
BASIC_USER = (
    Rule(("create",), ("authorization.k8s.io",), ("selfsubjectaccessreviews", "selfsubjectrulesreviews")),
    Rule(("create",), ("authentication.k8s.io",), ("selfsubjectreviews",)),
)
_RECORD = (Rule(WRITE, ("", "events.k8s.io"), ("events",)),)
_ELECT = (Rule((*READ, *WRITE), ("coordination.k8s.io",), ("leases",)),)
SCHEDULER = (
    *_RECORD,
    *_ELECT,
    Rule(READ, ("",), ("nodes", "pods", "services", "namespaces")),
    Rule(("delete",), ("",), ("pods",)),
    Rule(("create",), ("",), ("pods/binding",)),
    Rule(("patch", "update"), ("",), ("pods/status",)),
    Rule(READ, ("apps",), ("replicasets",)),
)
CONTROLLER_MANAGER = (
    *_RECORD,
    *_ELECT,
    Rule(READ, ALL, ALL),
    Rule(("get",), paths=("/*",)),
    Rule((*WRITE, "deletecollection"), ALL, ALL),
)
NODE = (
    *_RECORD,
    Rule(("create", *READ), ("",), ("nodes",)),
    Rule(("update", "patch", "delete"), ("",), ("nodes", "nodes/status")),
    Rule(READ, ("",), ("services", "pods")),
    Rule(("get",), ("",), ("configmaps", "secrets", "endpoints")),
    Rule(("create", "delete"), ("",), ("pods",)),
    Rule(("update", "patch"), ("",), ("pods/status",)),
    Rule(("create",), ("",), ("pods/eviction",)),
    Rule(("get", "create", "update", "patch", "delete"), ("coordination.k8s.io",), ("leases",)),
)
PROXY = (
    *_RECORD,
    Rule(READ, ("",), ("services", "endpoints", "nodes")),
    Rule(READ, ("discovery.k8s.io",), ("endpointslices",)),
)

# (user or group, the binding that Kubernetes or kubeadm makes, the role's rules)
BINDINGS: tuple[tuple[str, str, tuple[Rule, ...]], ...] = (
    ("system:masters", "cluster-admin", CLUSTER_ADMIN),
    ("kubeadm:cluster-admins", "kubeadm:cluster-admins", CLUSTER_ADMIN),
    ("system:kube-scheduler", "system:kube-scheduler", SCHEDULER),
    ("system:kube-controller-manager", "system:kube-controller-manager", CONTROLLER_MANAGER),
    ("system:kube-proxy", "system:node-proxier", PROXY),
    ("system:serviceaccount:kube-system:kube-proxy", "kubeadm:node-proxier", PROXY),
    ("system:authenticated", "system:basic-user", BASIC_USER),
    ("system:authenticated", "system:discovery", DISCOVERY),
    ("system:authenticated", "system:public-info-viewer", PUBLIC_INFO),
    ("system:unauthenticated", "system:public-info-viewer", PUBLIC_INFO),
)


class Authorizer:
    """Decides for one server; the rules of each identity are gathered once."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, tuple[str, ...]], list[tuple[str, Rule]]] = {}

    def decide(self, user: str, groups: tuple[str, ...], info: RequestInfo, selector: str) -> tuple[bool, str]:
        """Whether the request is allowed, and by whom or why not. ``selector`` is the query's field selector."""
        why = ""
        if NODES_GROUP in groups and user.startswith(NODE_PREFIX):
            why = node_limits(user.removeprefix(NODE_PREFIX), info, selector)
            if not why and any(rule.allows(info) for rule in NODE):
                return True, "allowed by the Node authorizer"
        for binding, rule in self._of(user, groups):
            if rule.allows(info):
                return True, binding
        return False, why

    def rules(self, user: str, groups: tuple[str, ...]) -> list[Rule]:
        """Every rule of RBAC that holds for an identity."""
        return [rule for _, rule in self._of(user, groups)]

    def _of(self, user: str, groups: tuple[str, ...]) -> list[tuple[str, Rule]]:
        rules = self._rules.get((user, groups))
        if rules is None:
            if len(self._rules) > 1024:
                self._rules.clear()
            rules = self._rules[user, groups] = _gather(user, groups)
        return rules


def _gather(user: str, groups: Sequence[str]) -> list[tuple[str, Rule]]:
    found: list[tuple[str, Rule]] = []
    for subject, binding, rules in BINDINGS:
        if subject == user or subject in groups:
            what = "User" if subject == user else "Group"
            reason = f'RBAC: allowed by ClusterRoleBinding "{binding}" of {what} "{subject}"'
            found += [(reason, rule) for rule in rules]
    return found


def node_limits(node: str, info: RequestInfo, selector: str) -> str:
    """What a kubelet may not do although its role has the verb: why not, or ``""``."""
    what, verb = info.qualified, info.verb
    if what in ("nodes", "nodes/status") and verb in ("update", "patch", "delete") and info.name != node:
        return f"node '{node}' cannot modify node '{info.name}'"
    if what == "leases":
        if info.namespace != NODE_LEASES:
            return f"can only access leases in the \"{NODE_LEASES}\" system namespace"
        if verb != "create" and info.name != node:
            return "can only access node lease with the same name as the requesting node"
    if what == "pods" and verb in ("list", "watch"):
        terms = selector.replace("==", "=").split(",")
        if f"spec.nodeName={node}" not in terms:
            return "can only list/watch pods with spec.nodeName field selector"
    return ""


def refusal(user: str, info: RequestInfo, why: str) -> str:
    """The sentence of a 403, after ``pods is forbidden:``."""
    if info.resource is None:
        return f'User "{user}" cannot {info.verb} path "{info.path}"'
    where = "at the cluster scope"
    if info.namespace:
        where = f'in the namespace "{info.namespace}"'
    sentence = f'User "{user}" cannot {info.verb} resource "{info.qualified}" in API group "{info.group}" {where}'
    return f"{sentence}: {why}" if why else sentence
