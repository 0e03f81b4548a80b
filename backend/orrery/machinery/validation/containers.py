"""Checks of a Pod's containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.machinery import quantity
from orrery.machinery.validation import names
from orrery.machinery.validation.causes import duplicate, forbidden, invalid, not_found, not_supported, required
from orrery.machinery.wire import Cause

Items = Sequence[Mapping[str, Any]]

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
PROTOCOLS = ("SCTP", "TCP", "UDP")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_PROBE_MINIMUM = {
    "initialDelaySeconds": 0, "timeoutSeconds": 1, "periodSeconds": 1, "successThreshold": 1, "failureThreshold": 1,
}  # fmt: skip


def containers(spec: Mapping[str, Any], field: str) -> list[Cause]:
    """Containers and init containers of a Pod's spec."""
    causes: list[Cause] = []
    volumes = [volume.get("name") for volume in spec.get("volumes") or ()]
    taken: list[str] = []
    if not spec.get("containers"):
        causes.append(required(f"{field}.containers"))
    for group in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(group) or ()):
            path = f"{field}.{group}[{index}]"
            causes += _container(container, path, volumes)
            name = container.get("name")
            if name and name in taken:
                causes.append(duplicate(f"{path}.name", name))
            taken.append(name or "")
            if group == "initContainers" and container.get("restartPolicy") != "Always":
                causes += _init_only(container, path)
    return causes + _host_ports(spec.get("containers") or (), f"{field}.containers")


def _init_only(container: Mapping[str, Any], path: str) -> list[Cause]:
    causes = []
    for field in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(field) is not None:
            detail = "may not be set for init containers without restartPolicy=Always"
            causes.append(forbidden(f"{path}.{field}", detail))
    return causes


def _container(container: Mapping[str, Any], path: str, volumes: Sequence[Any]) -> list[Cause]:
    causes: list[Cause] = []
    name, image = container.get("name"), container.get("image")
    if not name:
        causes.append(required(f"{path}.name"))
    else:
        causes += [invalid(f"{path}.name", name, problem) for problem in names.label(name)]
    if not image:
        causes.append(required(f"{path}.image"))
    elif image != image.strip():
        causes.append(invalid(f"{path}.image", image, "must not have leading or trailing whitespace"))
    policy = container.get("imagePullPolicy")
    if policy and policy not in PULL_POLICIES:
        causes.append(not_supported(f"{path}.imagePullPolicy", policy, PULL_POLICIES))
    causes += _ports(container.get("ports") or (), f"{path}.ports")
    causes += _env(container.get("env") or (), f"{path}.env")
    causes += _mounts(container.get("volumeMounts") or (), f"{path}.volumeMounts", volumes)
    causes += resources(container.get("resources") or {}, f"{path}.resources")
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(kind) is not None:
            causes += _probe(container[kind], f"{path}.{kind}", one_success=kind != "readinessProbe")
    for hook in ("postStart", "preStop"):
        handler = (container.get("lifecycle") or {}).get(hook)
        if handler is not None:
            causes += _handler(handler, f"{path}.lifecycle.{hook}")
    return causes


def _ports(ports: Items, field: str) -> list[Cause]:
    causes: list[Cause] = []
    taken: list[str] = []
    for index, port in enumerate(ports):
        path = f"{field}[{index}]"
        name = port.get("name")
        if name:
            causes += [invalid(f"{path}.name", name, problem) for problem in names.port_name(name)]
            if name in taken:
                causes.append(duplicate(f"{path}.name", name))
            taken.append(name)
        number = port.get("containerPort")
        if not number:
            causes.append(required(f"{path}.containerPort"))
        else:
            causes += [invalid(f"{path}.containerPort", number, p) for p in names.port_number(number)]
        if port.get("hostPort"):
            causes += [invalid(f"{path}.hostPort", port["hostPort"], p) for p in names.port_number(port["hostPort"])]
        protocol = port.get("protocol", "TCP")
        if protocol not in PROTOCOLS:
            causes.append(not_supported(f"{path}.protocol", protocol, PROTOCOLS))
    return causes


def _host_ports(listed: Items, field: str) -> list[Cause]:
    causes: list[Cause] = []
    taken: list[str] = []
    for at, container in enumerate(listed):
        for index, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                used = f"{port.get('protocol', 'TCP')}/{port.get('hostIP', '')}/{port['hostPort']}"
                if used in taken:
                    causes.append(duplicate(f"{field}[{at}].ports[{index}].hostPort", used))
                taken.append(used)
    return causes


def _env(variables: Items, field: str) -> list[Cause]:
    causes: list[Cause] = []
    for index, item in enumerate(variables):
        name = item.get("name")
        if not name:
            causes.append(required(f"{field}[{index}].name"))
            continue
        causes += [invalid(f"{field}[{index}].name", name, problem) for problem in names.variable(name)]
        source = item.get("valueFrom")
        if source is not None:
            path = f"{field}[{index}].valueFrom"
            if item.get("value"):
                causes.append(invalid(path, "", "may not be specified when `value` is not empty"))
            if not source:
                detail = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
                causes.append(invalid(path, "", detail))
            elif len(source) > 1:
                causes.append(invalid(path, "", "may not have more than one field specified at a time"))
    return causes


def _mounts(mounts: Items, field: str, volumes: Sequence[Any]) -> list[Cause]:
    causes: list[Cause] = []
    taken: list[str] = []
    for index, mount in enumerate(mounts):
        path = f"{field}[{index}]"
        name, target = mount.get("name"), mount.get("mountPath")
        if not name:
            causes.append(required(f"{path}.name"))
        elif name not in volumes:
            causes.append(not_found(f"{path}.name", name))
        if not target:
            causes.append(required(f"{path}.mountPath"))
        elif target in taken:
            causes.append(invalid(f"{path}.mountPath", target, "must be unique"))
        taken.append(target or "")
    return causes


def resources(wanted: Mapping[str, Any], path: str) -> list[Cause]:
    """Requests and limits: names, signs, and no request above its limit."""
    causes: list[Cause] = []
    limits, requests = wanted.get("limits") or {}, wanted.get("requests") or {}
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            field = f"{path}.{kind}"
            if "/" not in name and not _is_standard(name):
                causes.append(invalid(field, name, "must be a standard resource type or fully qualified"))
                causes.append(invalid(field, name, "must be a standard resource for containers"))
            elif quantity.nano(amount) < 0:
                causes.append(invalid(f"{field}[{name}]", amount, "must be greater than or equal to 0"))
    for name, amount in requests.items():
        limit = limits.get(name)
        if limit is not None and quantity.compare(amount, limit) > 0:
            detail = f"must be less than or equal to {name} limit of {quantity.canonical(limit)}"
            causes.append(invalid(f"{path}.requests", amount, detail))
    return causes


def _is_standard(name: str) -> bool:
    return name in ("cpu", "memory", "ephemeral-storage") or name.startswith("hugepages-")


def _probe(probe: Mapping[str, Any], path: str, *, one_success: bool) -> list[Cause]:
    causes = _handler(probe, path)
    for field, minimum in _PROBE_MINIMUM.items():
        causes += names.at_least(f"{path}.{field}", probe.get(field), minimum)
    if one_success and probe.get("successThreshold", 1) != 1:
        causes.append(invalid(f"{path}.successThreshold", probe["successThreshold"], "must be 1"))
    return causes


def _handler(handler: Mapping[str, Any], path: str) -> list[Cause]:
    chosen = [kind for kind in _HANDLERS if handler.get(kind) is not None]
    if not chosen:
        return [required(path, "must specify a handler type")]
    causes = [forbidden(f"{path}.{kind}", "may not specify more than 1 handler type") for kind in chosen[1:]]
    kind = chosen[0]
    action = handler[kind]
    if kind == "exec" and not action.get("command"):
        causes.append(required(f"{path}.exec.command"))
    if kind in ("httpGet", "tcpSocket"):
        port = action.get("port") or 0
        problems = names.port_name(port) if isinstance(port, str) else names.port_number(port)
        causes += [invalid(f"{path}.{kind}.port", port, problem) for problem in problems]
    return causes
