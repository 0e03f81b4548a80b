"""ConfigMaps, Secrets and ServiceAccounts."""

from __future__ import annotations

import base64

from orrery.machinery.objects import labels_of
from orrery.theatre.terminal.kubectl.describe.desk import Desk
from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper


def _head(paper: Paper, obj: Document) -> None:
    paper.title(obj)
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)


async def config_map(desk: Desk, obj: Document) -> str:
    events = await desk.events(obj)
    paper = desk.paper()
    _head(paper, obj)
    paper.write(0, "\nData\n====\n")
    data = obj.get("data") or {}
    for key in sorted(data):
        paper.write(0, f"{key}:\n----\n{data[key]}\n\n")
    paper.write(0, "\nBinaryData\n====\n")
    binary = obj.get("binaryData") or {}
    for key in sorted(binary):
        paper.line(0, f"{key}: {len(base64.b64decode(binary[key]))} bytes")
    paper.write(0, "\n")
    paper.events(events)
    return paper.text()


async def secret(desk: Desk, obj: Document) -> str:
    paper = desk.paper()
    _head(paper, obj)
    paper.write(0, f"\nType:\t{obj.get('type', '')}\n")
    paper.write(0, "\nData\n====\n")
    data = obj.get("data") or {}
    for key in sorted(data):
        value = base64.b64decode(data[key])
        if key == "token" and obj.get("type") == "kubernetes.io/service-account-token":
            paper.line(0, f"{key}:\t{value.decode()}")
        else:
            paper.line(0, f"{key}:\t{len(value)} bytes")
    return paper.text()


async def service_account(desk: Desk, obj: Document) -> str:
    events = await desk.events(obj)
    paper = desk.paper()
    _head(paper, obj)
    for title, field in (("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets")):
        names = [one.get("name", "") for one in (obj.get(field) or ())]
        if names or field == "imagePullSecrets":
            paper.write(0, f"{title}:\t" + "\n\t".join(names or ["<none>"]) + "\n")
    paper.events(events)
    return paper.text()
