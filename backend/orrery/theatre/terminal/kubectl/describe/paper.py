"""The paper that descriptions are written on: lines at levels of two spaces, in columns, and what many kinds share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from orrery.machinery.objects import annotations_of, controller_of, labels_of
from orrery.machinery.time import human_duration, parse_time
from orrery.theatre.terminal.kubectl.tabwriter import describe_writer

Document = Mapping[str, Any]

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
ANNOTATION_LONGEST = 140


class Paper:
    """Collects a description. ``now_ns`` is the machine's clock: ages are counted from it. Without ``columns`` the tabs
    stay as they are (``rollout history`` prints so)."""

    def __init__(self, now_ns: int, *, columns: bool = True) -> None:
        self.now_ns = now_ns
        self._plain: list[str] | None = None if columns else []
        self._writer = describe_writer()
        self._done: list[str] = []

    def write(self, level: int, text: str) -> None:
        """Text as it stands, indented once."""
        line = "  " * level + text
        if self._plain is not None:
            self._plain.append(line)
        else:
            self._writer.write(line)

    def line(self, level: int, text: str) -> None:
        self.write(level, f"{text}\n")

    def flush(self) -> None:
        """What follows has columns of its own."""
        self._done.append(self._writer.flush())

    def text(self) -> str:
        if self._plain is not None:
            return "".join(self._plain)
        self.flush()
        return "".join(self._done)

    # -- what many kinds share

    def title(self, obj: Document, *, namespaced: bool = True) -> None:
        """Name and namespace."""
        self.line(0, f"Name:\t{obj['metadata'].get('name', '')}")
        if namespaced:
            self.line(0, f"Namespace:\t{obj['metadata'].get('namespace', '')}")

    def labels(self, title: str, labels: Mapping[str, str] | None, *, indent: str = "", inner: str = "\t") -> None:
        """``a=b`` a line, below each other."""
        self.write(0, f"{indent}{title}:{inner}")
        if not labels:
            self.write(0, "<none>\n")
            return
        for number, key in enumerate(sorted(labels)):
            self.write(0, f"{indent if self._plain is None else ''}{inner}" if number else "")
            self.write(0, f"{key}={labels[key]}\n")

    def annotations(self, obj: Document) -> None:
        """Annotations, but for the one that kubectl itself keeps."""
        found = {key: value for key, value in annotations_of(obj).items() if key != LAST_APPLIED}
        self.write(0, "Annotations:\t")
        if not found:
            self.write(0, "<none>\n")
        for number, key in enumerate(sorted(found)):
            self.write(0, "\t" if number else "")
            value = found[key].removesuffix("\n")
            if len(value) + len(key) + 2 > ANNOTATION_LONGEST or "\n" in value:
                self.write(0, f"{key}:\n")
                for part in value.split("\n"):
                    short = part[:ANNOTATION_LONGEST - 2] + ("..." if len(part) > ANNOTATION_LONGEST - 2 else "")
                    self.write(0, f"\t  {short}\n")
            else:
                self.write(0, f"{key}: {value}\n")

    def described(self, obj: Document) -> None:
        """Labels and annotations."""
        self.labels("Labels", labels_of(obj))
        self.annotations(obj)

    def tolerations(self, listed: Sequence[Document], *, indent: str = "", inner: str = "\t") -> None:
        self.write(0, f"{indent}Tolerations:{inner}")
        if not listed:
            self.write(0, "<none>\n")
        for number, one in enumerate(sorted(listed, key=lambda one: str(one.get("key", "")))):
            self.write(0, f"{indent}{inner}" if number else "")
            self.write(0, toleration(one) + "\n")

    def controller(self, obj: Document) -> None:
        owner = controller_of(obj)
        if owner is not None:
            self.line(0, f"Controlled By:\t{owner['kind']}/{owner['name']}")

    def events(self, events: Sequence[Document] | None) -> None:
        """What happened to it; nothing where nobody asked."""
        if events is None:
            return
        if not events:
            self.line(0, "Events:\t<none>")
            return
        self.flush()
        self.write(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n")
        self.write(1, "----\t------\t----\t----\t-------\n")
        for event in sorted(events, key=lambda event: str(event.get("lastTimestamp") or "")):
            source = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
            path = (event.get("involvedObject") or {}).get("fieldPath")
            message = str(event.get("message", "")).strip()
            message = f"{path}: {message}" if path else message
            self.line(1, f"{event.get('type')}\t{event.get('reason')}\t{self._age(event)}\t{source}\t{message}")

    def _age(self, event: Document) -> str:
        first = self.since(event.get("eventTime") or event.get("firstTimestamp"))
        series = event.get("series")
        if series:
            return f"{self.since(series.get('lastObservedTime'))} (x{series.get('count')} over {first})"
        if (event.get("count") or 0) > 1:
            return f"{self.since(event.get('lastTimestamp'))} (x{event['count']} over {first})"
        return first

    def since(self, timestamp: str | None) -> str:
        """How long ago."""
        return human_duration(self.now_ns - parse_time(timestamp)) if timestamp else "<unknown>"


def date(timestamp: str | None) -> str:
    """A timestamp as RFC 1123 has it: ``Tue, 24 Nov 2026 11:47:13 +0000``."""
    if not timestamp:
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    return datetime.fromtimestamp(parse_time(timestamp) // 10**9, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


def toleration(one: Document) -> str:
    """``key=value:Effect op=Exists for 300s``"""
    text = str(one.get("key", ""))
    if one.get("value"):
        text += f"={one['value']}"
    if one.get("effect"):
        text += f":{one['effect']}"
    if one.get("operator") == "Exists" and not one.get("value"):
        text += " op=Exists" if text else "op=Exists"
    if one.get("tolerationSeconds") is not None:
        text += f" for {one['tolerationSeconds']}s"
    return text


def printed_bool(value: Any) -> str:
    """Go's ``True`` of a condition: kubectl writes them large."""
    return "True" if value else "False"


def go_bool(value: Any) -> str:
    return "true" if value else "false"
