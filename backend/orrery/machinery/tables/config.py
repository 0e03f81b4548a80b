"""How ConfigMaps, Secrets, ServiceAccounts and Events are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery.objects import dig, name_of
from orrery.machinery.tables.columns import AGE, NAME, UNKNOWN, Cells, Column, Layout, age, since

_DATA = Column("Data", "How many keys it holds.")


def _config_map(config_map: Mapping[str, Any], now_s: int) -> Cells:
    keys = len(config_map.get("data") or ()) + len(config_map.get("binaryData") or ())
    return [name_of(config_map), keys, age(config_map, now_s)]


def _secret(secret: Mapping[str, Any], now_s: int) -> Cells:
    return [name_of(secret), secret.get("type", ""), len(secret.get("data") or ()), age(secret, now_s)]


def _service_account(account: Mapping[str, Any], now_s: int) -> Cells:
    return [name_of(account), len(account.get("secrets") or ()), age(account, now_s)]


def _event(event: Mapping[str, Any], now_s: int) -> Cells:
    first = since(event.get("firstTimestamp") or event.get("eventTime"), now_s)
    last = since(event.get("lastTimestamp"), now_s)
    last = first if last == UNKNOWN else last
    count = event.get("count") or 1
    series = event.get("series")
    if series is not None:
        last = since(series.get("lastObservedTime"), now_s)
        count = series.get("count", count)
    subject = event.get("involvedObject") or {}
    target = str(subject.get("kind", "")).lower()
    if subject.get("name"):
        target = f"{target}/{subject['name']}"
    return [
        last,
        event.get("type", ""),
        event.get("reason", ""),
        target,
        subject.get("fieldPath", ""),
        _source(event),
        str(event.get("message", "")).strip(),
        first,
        count,
        name_of(event),
    ]


def _source(event: Mapping[str, Any]) -> str:
    component = dig(event, "source", "component") or event.get("reportingComponent", "")
    host = dig(event, "source", "host") or event.get("reportingInstance", "")
    return f"{component}, {host}" if host else str(component)


CONFIG_MAP = Layout((NAME, _DATA, AGE), _config_map)
SECRET = Layout((NAME, Column("Type", "What the secret is for."), _DATA, AGE), _secret)
SERVICE_ACCOUNT = Layout((NAME, Column("Secrets", "How many secrets it names."), AGE), _service_account)
EVENT = Layout(
    (
        Column("Last Seen", "How long ago it happened last."),
        Column("Type", "Whether that is normal or a warning."),
        Column("Reason", "Why, in one word."),
        Column("Object", "What it happened to."),
        Column("Subobject", "The part of the object that it happened to.", priority=1),
        Column("Source", "Who says so.", priority=1),
        Column("Message", "What happened, in a sentence."),
        Column("First Seen", "How long ago it happened first.", priority=1),
        Column("Count", "How often it happened.", "integer", "int32", 1),
        Column("Name", "The name of the Event.", format="name", priority=1),
    ),
    _event,
)
