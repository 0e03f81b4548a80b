"""What people and real clients do to a run. Each act is an input of the kernel's inbox: recorded, and replayed.

An act is one function here and one line in `install`. Whatever an act causes begins at the "kubectl" process on the
client host, as it would from a person's own machine, or at the fault desk.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orrery.client import ApiClient
from orrery.kernel import Address, Channel, Kernel, Process, RpcError, RpcFailure, Task
from orrery.machinery.resources import DEPLOYMENTS, Resource, by_kind, by_name
from orrery.machinery.wire import ApiRequest, ApiResponse, StatusError, status_failure
from orrery.theatre.applying import Outcome, apply_document, failed
from orrery.theatre.chaos import Chaos

ADMIN = "kubernetes-admin"
ADMIN_GROUPS = ("kubeadm:cluster-admins", "system:authenticated")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
REQUEST_TIMEOUT_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Listener:
    """Who waits for an answer outside. A replay has none: the answers are then for nobody."""

    on_response: Callable[[ApiResponse], object]
    on_item: Callable[[Mapping[str, Any]], object]
    on_end: Callable[[], object]


class Acts:
    """Takes the acts of one run."""

    def __init__(self, kernel: Kernel, client: Process, server: Address, chaos: Chaos) -> None:
        self._kernel = kernel
        self._chaos = chaos
        self._client = client
        self._server = server
        self._listeners: dict[int, Listener] = {}
        self._visits: dict[int, Task] = {}
        self._channel: Channel | None = None
        self._incarnation = 0
        self._visit_count = 0
        self._awaiting: dict[int, Callable[[list[Outcome]], object]] = {}
        for kind, handler in {
            "fault": self._fault, "apply": self._apply, "scale": self._scale, "delete": self._delete,
            "request": self._request, "hang-up": self._hang_up, "chaos": self._take_chaos,
        }.items():
            kernel.inbox.handle(kind, handler)

    # -- from outside

    def fault(self, name: str, **arguments: Any) -> int:
        """Breaks or mends something; gives the flow. Raises ValueError with a sentence for people."""
        return int(self._kernel.inbox.take("fault", {"name": name, "arguments": arguments}))

    def chaos(self, *, on: bool, seed: int, wild: bool) -> int:
        """Begins chaos, or ends it and mends what it broke; gives the flow."""
        return int(self._kernel.inbox.take("chaos", {"on": on, "seed": seed, "wild": wild}))

    def apply(self, documents: list[dict[str, Any]]) -> int:
        """Applies objects, as `kubectl apply` does; gives the flow."""
        return int(self._kernel.inbox.take("apply", {"documents": documents}))

    def await_outcomes(self, flow: int, callback: Callable[[list[Outcome]], object]) -> None:
        """Calls back, once, with what became of a flow that `apply`, `scale` or `delete` began."""
        self._awaiting[flow] = callback

    def scale(self, namespace: str, name: str, replicas: int) -> int:
        payload = {"namespace": namespace, "name": name, "replicas": replicas}
        return int(self._kernel.inbox.take("scale", payload))

    def delete(self, resource: str, namespace: str, name: str) -> int:
        payload = {"resource": resource, "namespace": namespace, "name": name}
        return int(self._kernel.inbox.take("delete", payload))

    def request(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes,
        listener: Listener, *, identity: tuple[str, tuple[str, ...]] = (ADMIN, ADMIN_GROUPS),
    ) -> int:
        """Sends a real client's request; gives the number by which it can be hung up. `identity` (user, groups) is what
        its certificate says: people are administrators, scenes may show what others may not do."""
        self._visit_count += 1
        number = self._visit_count
        self._listeners[number] = listener
        payload = {
            "number": number, "method": method, "path": path, "query": dict(query), "headers": dict(headers),
            "body": base64.b64encode(body).decode(), "user": identity[0], "groups": list(identity[1]),
        }
        self._kernel.inbox.take("request", payload)
        return number

    def hang_up(self, number: int) -> None:
        """A real client is gone."""
        if self._listeners.pop(number, None) is not None:
            self._kernel.inbox.take("hang-up", {"number": number})

    # -- in the simulation

    def _fault(self, payload: Mapping[str, Any]) -> int:
        return self._kernel.faults.apply(payload["name"], **payload["arguments"])

    def _take_chaos(self, payload: Mapping[str, Any]) -> int:
        title = f"chaos {payload['seed']}" if payload["on"] else "heal chaos"
        flow = self._kernel.trace.start_flow(kind="fault", title=title, subject="chaos", source="outside")
        if payload["on"]:
            self._chaos.begin(payload["seed"], wild=payload["wild"])
        else:
            self._chaos.end()
        return flow

    def _apply(self, payload: Mapping[str, Any]) -> int:
        documents = payload["documents"]
        names = [_title_of(document) for document in documents]
        title = f"apply {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        flow = self._begin(title, names[0])

        async def work() -> None:
            client = self._api("kubectl-apply")
            self._tell(flow, [await apply_document(client, self._server, document) for document in documents])

        self._client.spawn(work(), name=title)
        return flow

    def _scale(self, payload: Mapping[str, Any]) -> int:
        name = f"deployments/{payload['name']}"
        flow = self._begin(f"scale {name} to {payload['replicas']}", name)
        patch = {"spec": {"replicas": payload["replicas"]}}

        async def work() -> Outcome:
            await self._api("kubectl-scale").patch(
                DEPLOYMENTS, payload["name"], patch, payload["namespace"], type="merge", subresource="scale"
            )
            return Outcome(f"deployment.apps/{payload['name']}", "configured")

        self._client.spawn(self._report(flow, name, work), name="scale")
        return flow

    def _delete(self, payload: Mapping[str, Any]) -> int:
        resource = by_name(payload["resource"])
        if resource is None:
            raise ValueError(f"there is no resource {payload['resource']!r}")
        name = f"{resource.plural}/{payload['name']}"
        flow = self._begin(f"delete {name}", name)

        async def work() -> Outcome:
            await self._api("kubectl-delete").delete(
                resource, payload["name"], payload["namespace"], propagation="Background"
            )
            return Outcome(name, "deleted")

        self._client.spawn(self._report(flow, name, work), name="delete")
        return flow

    async def _report(self, flow: int, name: str, work: Callable[[], Awaitable[Outcome]]) -> None:
        try:
            outcome = await work()
        except (StatusError, RpcError) as error:
            outcome = failed(name, error, self._server)
        self._tell(flow, [outcome])

    def _tell(self, flow: int, outcomes: list[Outcome]) -> None:
        callback = self._awaiting.pop(flow, None)
        if callback is not None:
            callback(outcomes)

    def _request(self, payload: Mapping[str, Any]) -> None:
        number = payload["number"]
        self._visit_count = max(self._visit_count, number)
        method, path = payload["method"], payload["path"]
        writes = method in WRITES and not _is_review(path) and "dryRun" not in payload["query"]
        self._client.start_flow(
            kind="request" if writes else "other", title=f"{_VERBS.get(method, method)} {_short(path)}",
            subject=_short(path),
        )
        request = ApiRequest(
            method, path, payload["query"], payload["headers"], base64.b64decode(payload["body"]),
            payload["user"], tuple(payload["groups"]),
        )
        followed = "follow" if path.endswith("/log") else "watch"
        watching = payload["query"].get(followed) in ("1", "true", "True")
        visit = self._watch(number, request) if watching else self._ask(number, request)
        self._visits[number] = self._client.spawn(visit, name=f"{method} {path}")

    def _hang_up(self, payload: Mapping[str, Any]) -> None:
        visit = self._visits.pop(payload["number"], None)
        if visit is not None:
            visit.cancel()

    async def _ask(self, number: int, request: ApiRequest) -> None:
        try:
            kind = f"{request.method} {request.path}"
            response = await self._outlet().call(kind, request, timeout_ns=REQUEST_TIMEOUT_NS)
        except RpcError as error:
            response = _unavailable(error)
        self._answer(number, response)
        self._over(number)

    async def _watch(self, number: int, request: ApiRequest) -> None:
        stream = None
        try:
            stream = await self._outlet().stream(f"WATCH {request.path}", request, timeout_ns=REQUEST_TIMEOUT_NS)
            self._answer(number, await stream.next())
            while True:
                item = await stream.next()
                listener = self._listeners.get(number)
                if listener is not None:
                    listener.on_item(item)
        except RpcFailure as error:
            self._answer(number, _unavailable(error))
        except RpcError:
            pass  # ended by the server, or lost: the client watches anew
        finally:
            if stream is not None:
                stream.close()
            self._over(number)

    def _answer(self, number: int, response: ApiResponse) -> None:
        listener = self._listeners.get(number)
        if listener is not None:
            listener.on_response(response)

    def _over(self, number: int) -> None:
        self._visits.pop(number, None)
        listener = self._listeners.pop(number, None)
        if listener is not None:
            listener.on_end()

    # -- the client's side

    def _begin(self, title: str, subject: str) -> int:
        return self._client.start_flow(kind="request", title=title, subject=subject)

    def _api(self, agent: str) -> ApiClient:
        return ApiClient(self._client, self._server, user=ADMIN, groups=ADMIN_GROUPS, user_agent=agent)

    def _outlet(self) -> Channel:
        """The connection of the real clients' requests; a new one after the client process was restarted."""
        if self._channel is None or self._incarnation != self._client.incarnation:
            self._incarnation = self._client.incarnation
            self._channel = self._client.dial(self._server, protocol="api")
        return self._channel


_VERBS = {"POST": "create", "PUT": "replace", "PATCH": "patch", "DELETE": "delete", "GET": "get"}


def _is_review(path: str) -> bool:
    return path.startswith(("/apis/authorization.k8s.io/", "/apis/authentication.k8s.io/"))


def _short(path: str) -> str:
    """A request path without its group and version."""
    parts = [part for part in path.split("/") if part]
    parts = parts[2:] if parts[:1] == ["api"] else parts[3:] if parts[:1] == ["apis"] else parts
    if parts[:1] == ["namespaces"] and len(parts) > 2:
        parts = parts[2:]
    return "/".join(parts) or path


def _title_of(document: Mapping[str, Any]) -> str:
    resource: Resource | None = by_kind(str(document.get("apiVersion")), str(document.get("kind")))
    kind = resource.plural if resource is not None else str(document.get("kind")).lower()
    return f"{kind}/{(document.get('metadata') or {}).get('name', '')}"


def _unavailable(error: RpcError) -> ApiResponse:
    message = f"no API server is ready to answer: {error}"
    return ApiResponse(503, status_failure(503, "ServiceUnavailable", message))
