"""Containers and volumes, of a Pod or of a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper, date, go_bool, printed_bool


def containers(
    paper: Paper, label: str, listed: Sequence[Document], statuses: Sequence[Document], pod: Document | None,
    *, space: str = "",
) -> None:
    """``pod`` is None for a template, which has no values to look up."""
    known = {status.get("name"): status for status in statuses}
    paper.line(0, f"{space}{label}:" + ("" if listed else " <none>"))
    for container in listed:
        status = known.get(container["name"])
        _head(paper, container, status, space)
        for title, words in (("Command", container.get("command")), ("Args", container.get("args"))):
            if words:
                paper.line(2, f"{title}:")
                for part in (part for word in words for part in str(word).split("\n")):
                    paper.line(3, part)
        if status is not None:
            _state(paper, status)
        _resources(paper, container.get("resources") or {})
        for title, field in (("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"),
                             ("Startup", "startupProbe")):
            if container.get(field):
                paper.line(2, f"{title}:\t{probe(container[field])}")
        _environment(paper, container, pod)
        _mounts(paper, container.get("volumeMounts") or ())


def _head(paper: Paper, container: Document, status: Document | None, space: str) -> None:
    paper.line(1, f"{' ' if space else ''}{container['name']}:")
    if status is not None:
        paper.line(2, f"Container ID:\t{status.get('containerID', '')}")
    paper.line(2, f"Image:\t{container.get('image', '')}")
    if status is not None:
        paper.line(2, f"Image ID:\t{status.get('imageID', '')}")
    listed = container.get("ports") or ()
    for title, ports in (
        ("Port", [_port(port, "containerPort") for port in listed]),
        ("Host Port", [_port(port, "hostPort") for port in listed]),
    ):
        plural = "s" if len(ports) > 1 else ""
        paper.line(2, f"{title}{plural}:\t{', '.join(ports) or '<none>'}")


def _port(port: Document, field: str) -> str:
    named = f" ({port['name']})" if port.get("name") else ""
    return f"{port.get(field) or 0}/{port.get('protocol', 'TCP')}{named}"


def _state(paper: Paper, status: Document) -> None:
    _one_state(paper, "State", status.get("state") or {})
    last = status.get("lastState") or {}
    if last.get("terminated"):
        _one_state(paper, "Last State", last)
    paper.line(2, f"Ready:\t{printed_bool(status.get('ready'))}")
    paper.line(2, f"Restart Count:\t{status.get('restartCount', 0)}")


def _one_state(paper: Paper, title: str, state: Document) -> None:
    running, waiting, ended = state.get("running"), state.get("waiting"), state.get("terminated")
    if running is not None:
        paper.line(2, f"{title}:\tRunning")
        paper.line(3, f"Started:\t{date(running.get('startedAt'))}")
    elif ended is not None:
        paper.line(2, f"{title}:\tTerminated")
        for field in ("reason", "message"):
            if ended.get(field):
                paper.line(3, f"{field.title()}:\t{ended[field]}")
        paper.line(3, f"Exit Code:\t{ended.get('exitCode', 0)}")
        if ended.get("signal"):
            paper.line(3, f"Signal:\t{ended['signal']}")
        paper.line(3, f"Started:\t{date(ended.get('startedAt'))}")
        paper.line(3, f"Finished:\t{date(ended.get('finishedAt'))}")
    else:
        paper.line(2, f"{title}:\tWaiting")
        if (waiting or {}).get("reason"):
            assert waiting is not None
            paper.line(3, f"Reason:\t{waiting['reason']}")


def _resources(paper: Paper, resources: Document) -> None:
    for title in ("limits", "requests"):
        amounts = resources.get(title) or {}
        if amounts:
            paper.line(2, f"{title.title()}:")
        for name in sorted(amounts):
            paper.line(3, f"{name}:\t{amounts[name]}")


def probe(spec: Document) -> str:
    """``http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3``"""
    attributes = (
        f"delay={spec.get('initialDelaySeconds', 0)}s timeout={spec.get('timeoutSeconds', 1)}s "
        f"period={spec.get('periodSeconds', 10)}s #success={spec.get('successThreshold', 1)} "
        f"#failure={spec.get('failureThreshold', 3)}"
    )
    if spec.get("exec"):
        return f"exec [{' '.join(spec['exec'].get('command') or ())}] {attributes}"
    if spec.get("httpGet"):
        get = spec["httpGet"]
        scheme = str(get.get("scheme", "HTTP")).lower()
        path = str(get.get("path", ""))
        path = path if not path or path.startswith("/") else f"/{path}"
        return f"http-get {scheme}://{get.get('host', '')}:{get.get('port')}{path} {attributes}"
    if spec.get("tcpSocket"):
        return f"tcp-socket {spec['tcpSocket'].get('host', '')}:{spec['tcpSocket'].get('port')} {attributes}"
    if spec.get("grpc"):
        return f"grpc <pod>:{spec['grpc'].get('port')} {spec['grpc'].get('service') or ''} {attributes}"
    return f"unknown {attributes}"


def _environment(paper: Paper, container: Document, pod: Document | None) -> None:
    sources = container.get("envFrom") or ()
    if sources:
        paper.line(2, "Environment Variables from:")
        for source in sources:
            kind, ref = ("ConfigMap", source["configMapRef"]) if source.get("configMapRef") else (
                "Secret", source.get("secretRef") or {})
            prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
            paper.line(3, f"{ref.get('name', '')}\t{kind}{prefix}\tOptional: {go_bool(ref.get('optional'))}")
    variables = container.get("env") or ()
    paper.line(2, "Environment:" + ("" if variables else "\t<none>"))
    for variable in variables:
        source = variable.get("valueFrom") or {}
        name = variable["name"]
        if not source:
            for number, part in enumerate(str(variable.get("value", "")).split("\n")):
                paper.line(3, f"\t{part}" if number else f"{name}:\t{part}")
        elif source.get("fieldRef"):
            ref = source["fieldRef"]
            value = field_value(pod, ref.get("fieldPath", "")) if pod is not None else ""
            paper.line(3, f"{name}:\t{value} ({ref.get('apiVersion', 'v1')}:{ref.get('fieldPath', '')})")
        elif source.get("secretKeyRef"):
            ref = source["secretKeyRef"]
            paper.line(3, f"{name}:\t<set to the key '{ref['key']}' in secret '{ref.get('name', '')}'>"
                          f"\tOptional: {go_bool(ref.get('optional'))}")
        elif source.get("configMapKeyRef"):
            ref = source["configMapKeyRef"]
            paper.line(3, f"{name}:\t<set to the key '{ref['key']}' of config map '{ref.get('name', '')}'>"
                          f"\tOptional: {go_bool(ref.get('optional'))}")


def field_value(pod: Document, path: str) -> str:
    """What a field reference of the downward API comes to."""
    value: Any = pod
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _mounts(paper: Paper, mounts: Sequence[Document]) -> None:
    paper.line(2, "Mounts:" + ("" if mounts else "\t<none>"))
    for mount in sorted(mounts, key=lambda mount: str(mount.get("mountPath"))):
        flags = "ro" if mount.get("readOnly") else "rw"
        if mount.get("subPath"):
            flags += f',path="{mount["subPath"]}"'
        paper.line(3, f"{mount['mountPath']} from {mount['name']} ({flags})")


def volumes(paper: Paper, listed: Sequence[Document], *, space: str = "") -> None:
    if not listed:
        paper.line(0, f"{space}Volumes:\t<none>")
        return
    paper.line(0, f"{space}Volumes:")
    for volume in listed:
        paper.line(1, f"{' ' if space else ''}{volume['name']}:")
        kind = next((kind for kind in _VOLUMES if volume.get(kind) is not None), None)
        for text in _VOLUMES[kind](volume[kind]) if kind else ["<unknown>"]:
            paper.line(2, text)


def _projected(volume: Document) -> list[str]:
    lines = ["Type:\tProjected (a volume that contains injected data from multiple sources)"]
    for source in volume.get("sources") or ():
        if source.get("secret"):
            lines += [f"SecretName:\t{source['secret'].get('name', '')}",
                      f"Optional:\t{go_bool(source['secret'].get('optional'))}"]
        elif source.get("downwardAPI"):
            lines.append("DownwardAPI:\ttrue")
        elif source.get("configMap"):
            lines += [f"ConfigMapName:\t{source['configMap'].get('name', '')}",
                      f"Optional:\t{go_bool(source['configMap'].get('optional'))}"]
        elif source.get("serviceAccountToken"):
            seconds = source["serviceAccountToken"].get("expirationSeconds", 3600)
            lines.append(f"TokenExpirationSeconds:\t{seconds}")
    return lines


_VOLUMES: dict[str, Any] = {
    "hostPath": lambda v: [
        "Type:\tHostPath (bare host directory volume)", f"Path:\t{v.get('path', '')}",
        f"HostPathType:\t{v.get('type') if v.get('type') is not None else '<none>'}",
    ],
    "emptyDir": lambda v: [
        "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)", f"Medium:\t{v.get('medium', '')}",
        f"SizeLimit:\t{v.get('sizeLimit') or '<unset>'}",
    ],
    "configMap": lambda v: [
        "Type:\tConfigMap (a volume populated by a ConfigMap)", f"Name:\t{v.get('name', '')}",
        f"Optional:\t{go_bool(v.get('optional'))}",
    ],
    "secret": lambda v: [
        "Type:\tSecret (a volume populated by a Secret)", f"SecretName:\t{v.get('secretName', '')}",
        f"Optional:\t{go_bool(v.get('optional'))}",
    ],
    "projected": _projected,
}


def template(paper: Paper, pod_template: Document) -> None:
    """The Pod template of a workload."""
    metadata, spec = pod_template.get("metadata") or {}, pod_template.get("spec") or {}
    paper.line(0, "Pod Template:")
    paper.labels("Labels", metadata.get("labels"), indent="  ")
    if metadata.get("annotations"):
        paper.labels("Annotations", metadata["annotations"], indent="  ")
    if spec.get("serviceAccountName"):
        paper.line(0, f"  Service Account:\t{spec['serviceAccountName']}")
    if spec.get("initContainers"):
        containers(paper, "Init Containers", spec["initContainers"], (), None, space="  ")
    containers(paper, "Containers", spec.get("containers") or (), (), None, space="  ")
    volumes(paper, spec.get("volumes") or (), space="  ")
    spread(paper, spec.get("topologySpreadConstraints") or (), space="  ")
    if spec.get("priorityClassName"):
        paper.line(0, f"  Priority Class Name:\t{spec['priorityClassName']}")
    paper.labels("Node-Selectors", spec.get("nodeSelector"), indent="  ")
    paper.tolerations(spec.get("tolerations") or (), indent="  ")


def spread(paper: Paper, listed: Sequence[Document], *, space: str = "") -> None:
    """Topology spread constraints."""
    if not listed:
        return
    paper.write(0, f"{space}Topology Spread Constraints:\t")
    for number, one in enumerate(sorted(listed, key=lambda one: str(one.get("topologyKey")))):
        paper.write(0, f"{space}\t" if number else "")
        text = f"{one.get('topologyKey')}:{one.get('whenUnsatisfiable')} when max skew {one.get('maxSkew')} is exceeded"
        selector = (one.get("labelSelector") or {}).get("matchLabels")
        if selector:
            text += " for selector " + ",".join(f"{key}={selector[key]}" for key in sorted(selector))
        paper.write(0, f"{text}\n")
