"""A world for the scheduler alone: hosts, a small API server kept in memory, and whoever wants to act on it.

The API server here keeps objects and answers lists, watches, writes, bindings and status patches over the simulated
network; it validates nothing. ``refuse_bindings`` makes it answer that many bindings with 500.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from orrery.client import ApiClient
from orrery.kernel import Address, Call, Cause, Event, Kernel, Process, TraceEvent
from orrery.machinery.wire import ApiRequest, ApiResponse, status_failure
from orrery.scheduler.component import Scheduler
from orrery.scheduler.config import SchedulerConfig
from orrery.scheduler.events import SchedulingDecision

Object = dict[str, Any]
PORT = 6443


class Target(NamedTuple):
    plural: str
    namespace: str
    name: str
    subresource: str


def parse(path: str) -> Target:
    """/api/v1/namespaces/default/pods/web/binding and the like, taken apart."""
    parts = path.strip("/").split("/")
    rest = parts[2:] if parts[0] == "api" else parts[3:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    rest += [""] * (3 - len(rest))
    return Target(rest[0], namespace, rest[1], rest[2])


class SmallApiServer:
    """Objects by plural and namespace/name, and a log of all changes for those who watch."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.objects: dict[str, dict[str, Object]] = {}
        self.log: list[tuple[str, str, Object, Cause]] = []
        self._changed = Event(kernel)
        self.refuse_bindings = 0
        self.bindings: list[tuple[str, str]] = []

    async def run(self, process: Process) -> None:
        process.serve(PORT, self._answer, protocol="api")
        await Event(self._kernel).wait()

    # -- what a test does

    def put(self, plural: str, obj: Object) -> None:
        key = f"{obj['metadata'].get('namespace', '')}/{obj['metadata']['name']}"
        known = self.objects.setdefault(plural, {})
        old = known.get(key)
        version = str(len(self.log) + 1)
        new = obj | {"metadata": obj["metadata"] | {"resourceVersion": version}}
        known[key] = new
        self._note("ADDED" if old is None else "MODIFIED", plural, new)

    def delete(self, plural: str, key: str) -> None:
        old = self.objects[plural].pop(key)
        gone = old | {"metadata": old["metadata"] | {"resourceVersion": str(len(self.log) + 1)}}
        self._note("DELETED", plural, gone)

    def get(self, plural: str, key: str) -> Object:
        return self.objects[plural][key]

    def all(self, plural: str) -> list[Object]:
        return list(self.objects.get(plural, {}).values())

    def _note(self, kind: str, plural: str, obj: Object) -> None:
        self.log.append((kind, plural, obj, self._kernel.cause))
        changed, self._changed = self._changed, Event(self._kernel)
        changed.set()

    # -- what clients ask

    async def _answer(self, call: Call) -> object:
        request = call.body
        assert isinstance(request, ApiRequest)
        target = parse(request.path)
        if request.query.get("watch") in ("true", "1"):
            await self._watch(call, request, target)
            return None
        handler = {"GET": self._get, "POST": self._post, "PUT": self._put, "PATCH": self._patch}[request.method]
        return handler(request, target)

    async def _watch(self, call: Call, request: ApiRequest, target: Target) -> None:
        call.push("200", ApiResponse(200))
        seen = int(request.query.get("resourceVersion") or 0)
        while True:
            for kind, plural, obj, cause in self.log[seen:]:
                if plural == target.plural:
                    self._kernel.cause = cause
                    call.push(kind, {"type": kind, "object": obj}, protocol="watch")
            seen = len(self.log)
            await self._changed.wait()

    def _get(self, request: ApiRequest, target: Target) -> ApiResponse:
        if not target.name:
            items = self.all(target.plural)
            return ApiResponse(200, {"metadata": {"resourceVersion": str(len(self.log))}, "items": items})
        found = self.objects.get(target.plural, {}).get(f"{target.namespace}/{target.name}")
        return ApiResponse(200, found) if found is not None else self._missing(target)

    def _missing(self, target: Target) -> ApiResponse:
        message = f'{target.plural} "{target.name}" not found'
        return ApiResponse(404, status_failure(404, "NotFound", message))

    def _post(self, request: ApiRequest, target: Target) -> ApiResponse:
        body = request.body
        assert isinstance(body, dict)
        if target.subresource == "binding":
            return self._bind(target, body["target"]["name"])
        if f"{target.namespace}/{body['metadata']['name']}" in self.objects.get(target.plural, {}):
            return ApiResponse(409, status_failure(409, "AlreadyExists", f"{target.plural} already exists"))
        metadata = {"namespace": target.namespace, **body["metadata"]} if target.namespace else body["metadata"]
        self.put(target.plural, body | {"metadata": metadata})
        return ApiResponse(201, self.log[-1][2])

    def _bind(self, target: Target, node: str) -> ApiResponse:
        if self.refuse_bindings:
            self.refuse_bindings -= 1
            return ApiResponse(500, status_failure(500, "InternalError", "Internal error occurred: no luck"))
        pod = self.objects["pods"].get(f"{target.namespace}/{target.name}")
        if pod is None:
            return self._missing(target)
        self.bindings.append((target.name, node))
        self.put("pods", pod | {"spec": pod["spec"] | {"nodeName": node}})
        return ApiResponse(201, {"kind": "Status", "status": "Success"})

    def _put(self, request: ApiRequest, target: Target) -> ApiResponse:
        body = request.body
        assert isinstance(body, dict)
        known = self.objects.get(target.plural, {}).get(f"{target.namespace}/{target.name}")
        if known is None:
            return self._missing(target)
        version = body["metadata"].get("resourceVersion")
        if version and version != known["metadata"]["resourceVersion"]:
            return ApiResponse(409, status_failure(409, "Conflict", "the object has been modified"))
        self.put(target.plural, body)
        return ApiResponse(200, self.log[-1][2])

    def _patch(self, request: ApiRequest, target: Target) -> ApiResponse:
        body = request.body
        assert isinstance(body, dict)
        known = self.objects.get(target.plural, {}).get(f"{target.namespace}/{target.name}")
        if known is None:
            return self._missing(target)
        merged = known
        for field in ("status", "spec", "series"):
            if isinstance(body.get(field), dict):
                merged = merged | {field: (known.get(field) or {}) | body[field]}
        merged = merged | {name: value for name, value in body.items() if not isinstance(value, dict)}
        self.put(target.plural, merged)
        return ApiResponse(200, self.log[-1][2])


class World:
    """A kernel with the API server on "api" and schedulers on cp-1, cp-2, ..."""

    def __init__(self, *, seed: int = 1, schedulers: int = 1, config: SchedulerConfig | None = None) -> None:
        self.kernel = Kernel(seed)
        self.events: list[TraceEvent] = []
        self.kernel.trace.subscribe(self.events.append)
        self.api = SmallApiServer(self.kernel)
        self.kernel.add_host("api", ip="10.0.0.5").add_process("kube-apiserver", self.api.run)
        self.config = config or SchedulerConfig()
        self.schedulers: dict[str, Scheduler] = {}
        for number in range(1, schedulers + 1):
            host = self.kernel.add_host(f"cp-{number}", ip=f"10.0.0.{10 + number}")
            host.add_process("kube-scheduler", self._main)

    async def _main(self, process: Process) -> None:
        api = ApiClient(process, Address("api", PORT), user="system:kube-scheduler", user_agent="kube-scheduler")
        self.schedulers[process.id] = scheduler = Scheduler(process, api, self.config)
        await scheduler.run()

    def run_for(self, duration_ns: int) -> None:
        self.kernel.run_for(duration_ns)
        assert not self.kernel.faults.bugs, self.kernel.faults.bugs

    def decisions(self) -> list[SchedulingDecision]:
        return [event for event in self.events if isinstance(event, SchedulingDecision)]

    def node_of(self, pod: str) -> str:
        return str(self.api.get("pods", f"default/{pod}")["spec"].get("nodeName", ""))
