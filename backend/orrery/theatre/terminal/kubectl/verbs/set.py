"""``kubectl set image``, ``set env`` and ``set resources``"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orrery.machinery.objects import dig
from orrery.theatre.terminal.kubectl import dryrun, manifests
from orrery.theatre.terminal.kubectl.acting import Teller, for_each, patched
from orrery.theatre.terminal.kubectl.errors import Several, error
from orrery.theatre.terminal.kubectl.finding import ALL, SELECTOR, Found
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]


def _path(item: Found) -> tuple[str, ...]:
    return ("spec",) if item.resource.kind == "Pod" else ("spec", "template", "spec")


def _patch(item: Found, spec: Document) -> Document:
    for step in reversed(_path(item)):
        spec = {step: spec}
    return spec


def _containers(item: Found, kind: str = "containers") -> list[Document]:
    return list(dig(item.object, *_path(item), kind, default=()))


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    pairs = [word for word in words if "=" in word]
    return [word for word in words if "=" not in word], pairs


async def image(kubectl: Kubectl) -> int:
    resources, pairs = _split(kubectl.arguments)
    if not resources and not kubectl.flags["filename"]:
        pairs = pairs or ["?"]
    if not pairs:
        raise error("at least one image update is required")
    wanted = [tuple(pair.split("=", 1)) for pair in pairs if "=" in pair]
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        spec: Document = {}
        problems: list[Exception] = []
        for name, reference in wanted:
            found = False
            for kind in ("initContainers", "containers"):
                for container in _containers(item, kind):
                    if name not in ("*", container["name"]):
                        continue
                    found = True
                    if container.get("image") != reference:
                        spec.setdefault(kind, []).append({"name": container["name"], "image": reference})
            if not found:
                problems.append(error(f'unable to find container named "{name}"'))
        if problems:
            raise problems[0] if len(problems) == 1 else Several(problems)
        if spec:
            obj = await patched(teller, item, _patch(item, spec), manager="kubectl-set")
            teller.tell(item.printed, "image updated", obj)

    return await for_each(kubectl, act, resources)


async def env(kubectl: Kubectl) -> int:
    words = kubectl.arguments
    removed = [word[:-1] for word in words if word.endswith("-") and len(word) > 1]
    pairs = [word for word in words if "=" in word]
    resources = [word for word in words if word not in pairs and word[:-1] not in removed]
    if not pairs and not removed and not kubectl.flags["list"]:
        raise error("at least one environment variable must be provided")
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        if kubectl.flags["list"]:
            _list_env(kubectl, item)
            return
        changes: list[Document] = [
            {"name": name, "value": value} for name, value in (pair.split("=", 1) for pair in pairs)
        ]
        changes += [{"$patch": "delete", "name": name} for name in removed]
        chosen = kubectl.flags["containers"]
        patch = [
            {"name": container["name"], "env": changes} for container in _containers(item)
            if chosen in ("*", container["name"])
        ]
        obj = await patched(teller, item, _patch(item, {"containers": patch}), manager="kubectl-set")
        teller.tell(item.printed, "env updated", obj)

    return await for_each(kubectl, act, resources)


def _list_env(kubectl: Kubectl, item: Found) -> None:
    for container in _containers(item):
        kubectl.line(f"# {item.resource.plural} {item.name}, container {container['name']}")
        for variable in container.get("env") or ():
            kubectl.line(f"{variable['name']}={variable.get('value', '')}")


async def resources(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if not flags["limits"] and not flags["requests"]:
        raise error("you must specify an update to requests or limits (in the form of --requests/--limits)")
    amounts = {
        field: dict(pair.partition("=")[::2] for pair in flags[field].split(",")) for field in ("limits", "requests")
        if flags[field]
    }
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        patch = [
            {"name": container["name"], "resources": amounts} for container in _containers(item)
            if flags["containers"] in ("*", container["name"])
        ]
        obj = await patched(teller, item, _patch(item, {"containers": patch}), manager="kubectl-set")
        teller.tell(item.printed, "resource requirements updated", obj)

    return await for_each(kubectl, act)


_FLAGS = (*manifests.FILES, SELECTOR, ALL, formats.OUTPUT, dryrun.FLAG)
_CONTAINERS = Flag("containers", "*", "The names of containers in the selected pod templates to change.", short="c")
SET = Verb(
    "set", "Set specific features on objects", "SUBCOMMAND",
    verbs=(
        Verb("set env", "Update environment variables on a pod template", "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
             env, (*_FLAGS, _CONTAINERS, Flag("list", False, "If true, display the environment.", "bool")), writes=True,
             completes="resource"),
        Verb("set image", "Update the image of a pod template",
             "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N",
             image, _FLAGS, writes=True, completes="resource",
             examples="# Set a deployment's nginx container image\n"
                      "kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1"),
        Verb("set resources", "Update resource requests/limits on objects with pod templates",
             "(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]", resources,
             (*_FLAGS, _CONTAINERS, Flag("limits", "", "The resource requirement limits for this container."),
              Flag("requests", "", "The resource requirement requests for this container.")), writes=True,
             completes="resource"),
    ),
)
