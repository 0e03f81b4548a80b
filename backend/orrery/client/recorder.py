"""Events about objects, for people: written in the background, best effort; `correlator.py` says which.

They tell of what happened and are not part of it: their writing is quiet, as heartbeats are.

Source: client-go, tools/record (events of the core group).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.client.api import ApiClient, Document
from orrery.client.correlator import Correlator
from orrery.kernel import SECOND, Queue, RpcError, sleep
from orrery.machinery.objects import name_of, namespace_of, uid_of
from orrery.machinery.resources import EVENTS
from orrery.machinery.wire import StatusError

WAITING_MOST = 1_000
ATTEMPTS = 12
RETRY_NS = 10 * SECOND


class EventRecorder:
    """Records under the name of a component; `host` is where it runs, if that matters (the kubelet's does)."""

    def __init__(self, api: ApiClient, *, component: str, host: str = "") -> None:
        self._api = api
        self._process = api.process
        self._source = {"component": component, **({"host": host} if host else {})}
        self._component = component
        self._correlator = Correlator()
        self._waiting: Queue[Document] = api.process.queue()
        self._working = False

    def event(self, involved: Mapping[str, Any], type: str, reason: str, message: str) -> None:
        """Records that something happened to an object. `type` is Normal or Warning."""
        if len(self._waiting) >= WAITING_MOST:
            return
        new = self._new(reference_to(involved), type, reason, message)
        event = self._correlator.observe(new, self._process.now_ns)
        if event is None:
            return
        self._waiting.put(event)
        if not self._working:
            self._working = True
            self._process.spawn(self._work(), name="events")

    def _new(self, reference: dict[str, str], type: str, reason: str, message: str) -> Document:
        now = self._process.timestamp()
        return {
            "apiVersion": "v1", "kind": "Event",
            "metadata": {
                "name": f"{reference['name']}.{self._process.wall_ns():x}{self._process.random.hex(2)}",
                "namespace": reference["namespace"] or "default",
            },
            "involvedObject": {k: v for k, v in reference.items() if v}, "reason": reason, "message": message,
            "source": self._source, "firstTimestamp": now, "lastTimestamp": now, "count": 1, "type": type,
            "eventTime": None, "reportingComponent": self._component,
            "reportingInstance": self._source.get("host", ""),
        }

    async def _work(self) -> None:
        while True:
            await self._write(await self._waiting.get())

    async def _write(self, event: Document) -> None:
        for _ in range(ATTEMPTS):
            try:
                if event["count"] == 1 or not await self._count(event):
                    await self._api.create(EVENTS, event, quiet=True)
                return
            except StatusError as error:
                if error.code < 500 and error.code != 429:
                    return  # refused for good: the namespace is going away, say
            except RpcError:
                pass
            await sleep(RETRY_NS)

    async def _count(self, event: Document) -> bool:
        """Raises the count of an event that is there; False if it has expired."""
        patch = {name: event[name] for name in ("count", "lastTimestamp", "message")}
        try:
            await self._api.patch(
                EVENTS, name_of(event), patch, namespace_of(event), type="strategic", quiet=True
            )
        except StatusError as error:
            if error.code == 404:
                return False
            raise
        return True


def reference_to(involved: Mapping[str, Any]) -> dict[str, str]:
    """An object reference: of an object, or of what is a reference already."""
    if "metadata" not in involved:
        names = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
        return {"kind": "", "namespace": "", "name": "", "uid": "", **{n: involved[n] for n in names if n in involved}}
    return {
        "kind": str(involved.get("kind", "")), "namespace": namespace_of(involved), "name": name_of(involved),
        "uid": uid_of(involved), "apiVersion": str(involved.get("apiVersion", "")),
        "resourceVersion": str(involved["metadata"].get("resourceVersion", "")),
    }
