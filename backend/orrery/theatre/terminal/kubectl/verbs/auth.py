"""``kubectl auth can-i`` and ``auth whoami``: the server reviews whoever asks."""

from __future__ import annotations

from typing import Any, NamedTuple

from orrery.machinery.resources import by_name
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl.errors import Exit, error
from orrery.theatre.terminal.kubectl.finding import ALL_NAMESPACES
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.tabwriter import table_writer
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]

AUTHORIZATION = "/apis/authorization.k8s.io/v1"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"
_HINT = "\nSee 'kubectl auth can-i -h' for help and examples."
_CLUSTER_WIDE = "*"
_VERBS = (
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "impersonate",
    "*", "approve", "sign", "escalate", "attest",
)


async def can_i(kubectl: Kubectl) -> int:
    flags, words = kubectl.flags, kubectl.arguments
    if flags["list"]:
        return await _list(kubectl)
    if len(words) not in (2, 3):
        raise error(f"you must specify two arguments: verb resource or verb resource/resourceName.{_HINT}")
    namespace = "" if flags["all-namespaces"] else kubectl.namespace
    if words[1].startswith("/"):
        spec: Document = {"nonResourceAttributes": {"path": words[1], "verb": words[0]}}
    else:
        spec = {"resourceAttributes": _attributes(kubectl, words, namespace)}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
    answer = await kubectl.api.ask("POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", None, body)
    status = answer.get("status") or {}
    if not status.get("allowed"):
        why = f" - {status['reason']}" if status.get("reason") else ""
        if not flags["quiet"]:
            kubectl.line(f"no{why}")
        raise Exit(1)
    if not flags["quiet"]:
        kubectl.line("yes")
    return 0


def _attributes(kubectl: Kubectl, words: list[str], namespace: str) -> Document:
    kind, _, name = words[1].partition("/")
    name = words[2] if len(words) == 3 else name
    resource = by_name(kind)
    attributes: Document = {"verb": words[0], "resource": resource.plural if resource is not None else kind}
    if resource is None and kind != _CLUSTER_WIDE:
        kubectl.warn(f"the server doesn't have a resource type '{kind}'\n")
    if resource is not None:
        attributes["group"] = resource.group
        if not resource.namespaced and not kubectl.flags["all-namespaces"]:
            kubectl.warn(f"resource '{kind}' is not namespace scoped" +
                         (f" in group '{resource.group}'" if resource.group else "") + "\n")
    elif kind == _CLUSTER_WIDE:
        attributes["group"] = _CLUSTER_WIDE
    if words[0] not in _VERBS:
        kubectl.warn(f"verb '{words[0]}' is not a known verb\n")
    optional = {"namespace": namespace, "name": name, "subresource": kubectl.flags["subresource"]}
    return attributes | {field: value for field, value in optional.items() if value}


async def _list(kubectl: Kubectl) -> int:
    body = {
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": kubectl.namespace},
    }
    answer = await kubectl.api.ask("POST", f"{AUTHORIZATION}/selfsubjectrulesreviews", None, body)
    status = answer.get("status") or {}
    rows: list[_Row] = []
    for rule in status.get("resourceRules") or ():
        for group in rule.get("apiGroups") or [""]:
            names = rule.get("resourceNames") or []
            rows += [_Row(rule["verbs"], group, name, [], names) for name in rule.get("resources") or ()]
    for rule in status.get("nonResourceRules") or ():
        rows += [_Row(rule["verbs"], "~", "", [path], []) for path in rule["nonResourceURLs"]]
    rows.sort(key=lambda row: (_list_text(row.verbs), row.group, _list_text(row.paths), row.resource))
    writer = table_writer()
    if not kubectl.flags["no-headers"]:
        writer.write("Resources\tNon-Resource URLs\tResource Names\tVerbs\n")
    for row in rows:
        name = f"{row.resource}.{row.group}" if row.resource and row.group else row.resource
        writer.write("\t".join([name, *map(_list_text, (row.paths, row.names, row.verbs))]) + "\n")
    kubectl.out(writer.flush())
    return 0


class _Row(NamedTuple):
    """One thing that may be done. Paths belong to no group: they come after those that do."""

    verbs: list[str]
    group: str
    resource: str
    paths: list[str]
    names: list[str]


def _list_text(items: list[str]) -> str:
    return f"[{' '.join(items)}]"


async def whoami(kubectl: Kubectl) -> int:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    try:
        answer = await kubectl.api.ask("POST", f"{AUTHENTICATION}/selfsubjectreviews", None, body)
    except StatusError as problem:
        if problem.code != 404:
            raise
        raise error("the selfsubjectreviews API is not enabled in the cluster") from None
    printer = formats.printer(kubectl.flags, allowed=formats.FOR_CHANGES)
    if printer is not None:
        kubectl.out(printer(answer))
        return 0
    user = (answer.get("status") or {}).get("userInfo") or {}
    writer = table_writer()
    writer.write("ATTRIBUTE\tVALUE\n")
    for title, value in (("Username", user.get("username")), ("UID", user.get("uid"))):
        if value:
            writer.write(f"{title}\t{value}\n")
    if user.get("groups"):
        writer.write(f"Groups\t[{' '.join(user['groups'])}]\n")
    for key in sorted(user.get("extra") or ()):
        writer.write(f"Extra: {key}\t[{' '.join(user['extra'][key])}]\n")
    kubectl.out(writer.flush())
    return 0


VERB = Verb(
    "auth", "Inspect authorization", "[flags]",
    verbs=(
        Verb("auth can-i", "Check whether an action is allowed",
             "VERB [TYPE | TYPE/NAME | NONRESOURCEURL]", can_i,
             (ALL_NAMESPACES, Flag("list", False, "If true, prints all allowed actions.", "bool"),
              Flag("quiet", False, "If true, suppress output and just return the exit code.", "bool", "q"),
              Flag("subresource", "", "SubResource such as pod/log or deployment/scale"),
              Flag("no-headers", False, "If true, prints allowed actions without headers", "bool"))),
        Verb("auth whoami", "Experimental: Check self subject attributes", "", whoami, (formats.OUTPUT,)),
    ),
)
