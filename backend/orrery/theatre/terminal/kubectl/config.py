"""The kubeconfig: where the cluster is, and as whom to speak to it. kubeadm put it on the client's disk."""

from __future__ import annotations

import base64
import copy
from dataclasses import dataclass
from typing import Any

from orrery.kernel import Address
from orrery.machinery.yaml import ParseError, parse_yaml
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.kubectl.errors import Failure, error
from orrery.theatre.terminal.kubectl.flags import Flags

PATH = "/root/.kube/config"
NOWHERE = Address("localhost", 8080)


@dataclass(frozen=True, slots=True)
class Access:
    """One context of the kubeconfig, resolved."""

    server: Address
    user: str
    groups: tuple[str, ...]
    namespace: str


def load(invocation: Invocation, flags: Flags) -> dict[str, Any]:
    """The kubeconfig's document; empty where there is none."""
    path = str(flags["kubeconfig"])
    if path:
        text = invocation.files.get(path)
        data = text.encode() if text is not None else invocation.process.disk.read(path)
        if data is None:
            raise error(f"stat {path}: no such file or directory")
    else:
        data = invocation.process.disk.read(PATH)
    if data is None:
        return {}
    try:
        documents = parse_yaml(data)
    except ParseError as problem:
        raise error(f"error loading config file \"{path or PATH}\": {problem}") from None
    return documents[0] if documents and isinstance(documents[0], dict) else {}


def access(config: dict[str, Any], flags: Flags) -> Access:
    """Who and where, by the context of the moment and the flags."""
    name = flags["context"] or config.get("current-context", "")
    context = named(config, "contexts", "context", name)
    if context is None:
        if flags["context"]:
            raise error(f'context "{name}" does not exist')
        context = {}
    cluster = named(config, "clusters", "cluster", flags["cluster"] or context.get("cluster", ""))
    if cluster is None and flags["cluster"]:
        raise error(f'cluster "{flags["cluster"]}" does not exist')
    user_name = flags["user"] or context.get("user", "")
    user = named(config, "users", "user", user_name)
    if user is None and flags["user"]:
        raise error(f'auth info "{user_name}" does not exist')
    address = flags["server"] or (cluster or {}).get("server", "")
    who, groups = _identity(user or {})
    return Access(_address(address), who, groups, flags["namespace"] or context.get("namespace") or "default")


def named(config: dict[str, Any], plural: str, singular: str, name: str) -> dict[str, Any] | None:
    """An entry of one of the kubeconfig's lists, by its name."""
    for entry in config.get(plural) or ():
        if entry.get("name") == name:
            found: dict[str, Any] = entry.get(singular) or {}
            return found
    return None


def _address(text: str) -> Address:
    if not text:
        return NOWHERE
    scheme, _, rest = text.rpartition("://")
    host, _, port = rest.partition("/")[0].rpartition(":")
    if not host:
        return Address(port, 80 if scheme == "http" else 443)
    if not port.isdecimal():
        raise Failure(f'error: couldn\'t get current server API group list: parse "{text}": invalid port ":{port}"')
    return Address(host, int(port))


def _identity(user: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The names in the client certificate: here it is nothing but its subject, base64 as in any kubeconfig."""
    subject = base64.b64decode(user.get("client-certificate-data") or "").decode(errors="replace")
    parts = [part.strip().partition("=") for part in subject.split(",") if part.strip()]
    who = "".join(value for key, _, value in parts if key == "CN")
    return who, tuple(value for key, _, value in parts if key == "O")


def redacted(config: dict[str, Any]) -> dict[str, Any]:
    """The kubeconfig as ``config view`` shows it."""
    shown = copy.deepcopy(config)
    for entry in shown.get("clusters") or ():
        if "certificate-authority-data" in entry.get("cluster", {}):
            entry["cluster"]["certificate-authority-data"] = "DATA+OMITTED"
    for entry in shown.get("users") or ():
        user = entry.get("user", {})
        for field in ("client-certificate-data", "client-key-data"):
            if field in user:
                user[field] = "DATA+OMITTED"
        if "token" in user:
            user["token"] = "REDACTED"
    return shown
