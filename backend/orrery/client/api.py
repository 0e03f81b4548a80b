"""A client of the API server: typed verbs over one connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from orrery.kernel import SECOND, Address, Channel, Process, Stream, sleep
from orrery.machinery.objects import name_of, namespace_of
from orrery.machinery.resources import PODS, Resource
from orrery.machinery.wire import ApiRequest, ApiResponse, StatusError

Document = dict[str, Any]
PatchType = Literal["merge", "strategic", "json"]

MEDIA_TYPES = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}

REQUEST_TIMEOUT_NS = 32 * SECOND
RETRIES = 10  # of a request that was answered 429, as client-go does

_STRICT = {"fieldValidation": "Strict"}


class ApiClient:
    """What a component asks of the API server. `user` and `groups` are its client certificate's names.

    Every verb raises StatusError where the server answered a failure, and the kernel's RpcError where no answer came:
    whether the request was carried out is then unknown. After an answer the task goes on under the answer's cause.
    """

    def __init__(
        self, process: Process, server: Address, *, user: str, groups: tuple[str, ...] = (), user_agent: str = "",
        timeout_ns: int = REQUEST_TIMEOUT_NS,
    ) -> None:
        self.process = process
        self.user = user
        self.groups = groups
        self._headers = {"user-agent": user_agent, "accept": "application/json", "content-type": "application/json"}
        self._patch_headers = {kind: {**self._headers, "content-type": media} for kind, media in MEDIA_TYPES.items()}
        self._timeout_ns = timeout_ns
        self._channel: Channel = process.dial(server, protocol="api")

    # -- objects

    async def get(self, resource: Resource, name: str, namespace: str = "", *, quiet: bool = False) -> Document:
        return await self._ask("GET", resource.path(namespace, name), quiet=quiet)

    async def list(
        self, resource: Resource, namespace: str = "", *, label_selector: str = "", field_selector: str = "",
        resource_version: str = "", quiet: bool = False,
    ) -> tuple[list[Document], str]:
        """All objects, and the resourceVersion from which to watch. Version "0": whatever the server has cached."""
        query = _query(labelSelector=label_selector, fieldSelector=field_selector, resourceVersion=resource_version)
        answer = await self._ask("GET", resource.path(namespace), query, quiet=quiet)
        return list(answer.get("items") or ()), str(answer["metadata"]["resourceVersion"])

    async def create(
        self, resource: Resource, obj: Mapping[str, Any], *, quiet: bool = False, strict: bool = False
    ) -> Document:
        """`strict`: unknown fields are refused."""
        query = _STRICT if strict else None
        return await self._ask("POST", resource.path(namespace_of(obj)), query, body=obj, quiet=quiet)

    async def update(
        self, resource: Resource, obj: Mapping[str, Any], subresource: str = "", *, quiet: bool = False
    ) -> Document:
        """Replaces the object, if it is still of the resourceVersion given in it."""
        return await self._ask(
            "PUT", resource.path(namespace_of(obj), name_of(obj), subresource), body=obj, quiet=quiet
        )

    async def patch(
        self, resource: Resource, name: str, patch: object, namespace: str = "", *, type: PatchType = "merge",
        subresource: str = "", quiet: bool = False, strict: bool = False,
    ) -> Document:
        query = _STRICT if strict else None
        return await self._ask(
            "PATCH", resource.path(namespace, name, subresource), query, body=patch, headers=self._patch_headers[type],
            quiet=quiet,
        )

    async def delete(
        self, resource: Resource, name: str, namespace: str = "", *, grace_period_s: int | None = None,
        uid: str | None = None, resource_version: str | None = None, propagation: str | None = None,
    ) -> Document:
        """Deletes the object, or begins to: what it answers is the object as it is on its way out, or a Status."""
        options: Document = {"kind": "DeleteOptions", "apiVersion": "v1"}
        if grace_period_s is not None:
            options["gracePeriodSeconds"] = grace_period_s
        preconditions = _query(uid=uid or "", resourceVersion=resource_version or "")
        if preconditions:
            options["preconditions"] = preconditions
        if propagation is not None:
            options["propagationPolicy"] = propagation
        return await self._ask("DELETE", resource.path(namespace, name), body=options)

    async def delete_collection(self, resource: Resource, namespace: str) -> None:
        """Deletes every object of the kind in a namespace."""
        await self._ask("DELETE", resource.path(namespace))

    async def bind(self, pod: Mapping[str, Any], node: str) -> Document:
        """Binds a Pod to a node; 409 if it is bound already."""
        binding = {
            "apiVersion": "v1", "kind": "Binding",
            "metadata": {"name": name_of(pod), "namespace": namespace_of(pod), "uid": pod["metadata"].get("uid", "")},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node},
        }
        return await self._ask("POST", PODS.path(namespace_of(pod), name_of(pod), "binding"), body=binding)

    async def evict(self, pod: Mapping[str, Any], *, grace_period_s: int | None = None) -> Document:
        """Asks for a Pod's eviction: 429 where a budget forbids it."""
        eviction: Document = {
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": {"name": name_of(pod), "namespace": namespace_of(pod)},
        }
        if grace_period_s is not None:
            eviction["deleteOptions"] = {"gracePeriodSeconds": grace_period_s}
        return await self._ask("POST", PODS.path(namespace_of(pod), name_of(pod), "eviction"), body=eviction)

    async def watch(
        self, resource: Resource, namespace: str = "", *, resource_version: str, label_selector: str = "",
        field_selector: str = "", bookmarks: bool = True, quiet: bool = False,
    ) -> ApiWatch:
        """Follows changes after a resourceVersion. Raises StatusError 410 if that is too long ago."""
        query = _query(
            watch="true", resourceVersion=resource_version, labelSelector=label_selector, fieldSelector=field_selector,
            allowWatchBookmarks="true" if bookmarks else "",
        )
        path = resource.path(namespace)
        request = ApiRequest("GET", path, query, self._headers, None, self.user, self.groups, quiet)
        stream = await self._channel.stream(f"WATCH {path}", request, timeout_ns=self._timeout_ns, quiet=quiet)
        watch = ApiWatch(stream)
        await watch.begin(self.process, self._timeout_ns)
        return watch

    # -- requests

    async def request(self, request: ApiRequest) -> ApiResponse:
        """Sends a request as it stands, and gives whatever was answered."""
        kind = f"{request.method} {request.path}"
        answer = await self._channel.call(kind, request, timeout_ns=self._timeout_ns, quiet=request.quiet)
        assert isinstance(answer, ApiResponse)
        return answer

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, *, body: object = None,
        headers: Mapping[str, str] | None = None, quiet: bool = False,
    ) -> Document:
        request = ApiRequest(
            method, path, query or {}, headers or self._headers, body, self.user, self.groups, quiet
        )
        for _ in range(RETRIES):
            answer = await self.request(request)
            if answer.code != 429 or "Retry-After" not in answer.headers:
                break
            await sleep(int(answer.headers["Retry-After"]) * SECOND)
        if not answer.ok:
            raise failure(answer)
        assert isinstance(answer.body, dict)
        return answer.body


class ApiWatch:
    """A running watch. `next` gives (type, object): ADDED, MODIFIED, DELETED or BOOKMARK."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def begin(self, process: Process, timeout_ns: int) -> None:
        """Waits for the server's consent; raises StatusError if it refuses."""
        try:
            with process.timeout(timeout_ns):
                answer = await self._stream.next()
        except BaseException:
            self._stream.close()
            raise
        if not answer.ok:
            self._stream.close()
            raise failure(answer)

    async def next(self) -> tuple[str, Document]:
        """The next change, under its cause. Raises StatusError for an ERROR event (410 above all), RpcError when the
        watch has ended or broken."""
        item = await self._stream.next()
        if item["type"] == "ERROR":
            raise StatusError(item["object"])
        return item["type"], item["object"]

    def close(self) -> None:
        self._stream.close()


def failure(answer: ApiResponse) -> StatusError:
    """The failure that an answer stands for."""
    if isinstance(answer.body, dict) and answer.body.get("kind") == "Status":
        return StatusError(answer.body)
    return StatusError({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Unknown", "code": answer.code,
        "message": str(answer.body),
    })


def _query(**parameters: str) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value}
