"""Requests of kubectl: over one connection, through the load balancer, as the kubeconfig's user.

Discovery is what the machine's discovery cache has (kubectl keeps it on disk), so that a command asks only for what it
is about. A verb raises StatusError where the server refuses, Unconnected where there is no answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from orrery.client.api import MEDIA_TYPES, failure
from orrery.kernel import SECOND, Process, RpcError, Stream, StreamEnded, sleep
from orrery.machinery.resources import Resource
from orrery.machinery.wire import ApiRequest, ApiResponse, StatusError
from orrery.theatre.terminal.kubectl.config import Access
from orrery.theatre.terminal.kubectl.errors import Unconnected

Document = dict[str, Any]

JSON = "application/json"
TABLE = (
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
)
CHUNK = "500"
TRIES = 10  # of a request that is answered 429
TIMEOUT_NS = 60 * SECOND


class Change(NamedTuple):
    """One event of a watch."""

    type: str
    object: Document


class Api:
    """The API server as one run of kubectl sees it. ``warn`` is told each warning of the server once."""

    def __init__(self, process: Process, access: Access, agent: str, warn: Callable[[str], object]) -> None:
        self.process = process
        self.access = access
        self.reached = False
        self._headers = {"user-agent": agent}
        self._warn = warn
        self._warned: list[str] = []
        self._channel = process.dial(access.server, protocol="api")

    def close(self) -> None:
        """Ends the connection, as the end of the process does."""
        self._channel.close()

    # -- one request

    async def send(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None, *,
        accept: str = JSON, content_type: str = JSON,
    ) -> ApiResponse:
        """Sends a request and gives whatever was answered."""
        request = self._request(method, path, query, body, accept, content_type)
        for _ in range(TRIES):
            try:
                answer = await self._channel.call(f"{method} {path}", request, timeout_ns=TIMEOUT_NS)
            except RpcError as error:
                raise Unconnected(self.access.server, error) from None
            self._note(answer)
            if answer.code != 429 or "Retry-After" not in answer.headers:
                break
            await sleep(int(answer.headers["Retry-After"]) * SECOND)
        assert isinstance(answer, ApiResponse)
        return answer

    async def ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None, *,
        accept: str = JSON, content_type: str = JSON,
    ) -> Document:
        """The answer's document."""
        answer = await self.send(method, path, query, body, accept=accept, content_type=content_type)
        if not answer.ok:
            raise failure(answer)
        assert isinstance(answer.body, dict)
        return answer.body

    def _request(
        self, method: str, path: str, query: Mapping[str, str] | None, body: object, accept: str, content_type: str
    ) -> ApiRequest:
        headers = {**self._headers, "accept": accept}
        if body is not None:
            headers["content-type"] = content_type
        return ApiRequest(method, path, dict(query or {}), headers, body, self.access.user, self.access.groups)

    def _note(self, answer: ApiResponse) -> None:
        """Warnings come in a header: ``299 - "text"``, several with commas between them."""
        self.reached = True
        for part in str(answer.headers.get("Warning", "")).split('299 - "')[1:]:
            text = part.rstrip(", ").removesuffix('"').replace('\\"', '"').replace("\\\\", "\\")
            if text not in self._warned:
                self._warned.append(text)
                self._warn(text)

    # -- objects

    async def get(self, resource: Resource, name: str, namespace: str = "") -> Document:
        return await self.ask("GET", resource.path(namespace, name))

    async def find(self, resource: Resource, name: str, namespace: str = "") -> Document | None:
        """The object, None where there is none."""
        try:
            return await self.get(resource, name, namespace)
        except StatusError as error:
            if error.code != 404:
                raise
            return None

    async def pages(
        self, resource: Resource, namespace: str = "", *, labels: str = "", fields: str = "", limit: str = CHUNK,
        accept: str = JSON, **more: str,
    ) -> list[Document]:
        """The pages of a list."""
        query = {key: value for key, value in (
            ("labelSelector", labels), ("fieldSelector", fields), ("limit", limit), *more.items(),
        ) if value and value != "0"}
        try:
            pages = [await self.ask("GET", resource.path(namespace), query, accept=accept)]
        except StatusError as error:
            raise _enhanced(error, resource, labels, fields) from None
        while token := (pages[-1].get("metadata") or {}).get("continue"):
            pages.append(await self.ask("GET", resource.path(namespace), {**query, "continue": token}, accept=accept))
        return pages

    async def items(
        self, resource: Resource, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> list[Document]:
        """All objects of a list, each with its kind."""
        pages = await self.pages(resource, namespace, labels=labels, fields=fields)
        return [typed(resource, item) for page in pages for item in page.get("items") or ()]

    async def create(
        self, resource: Resource, obj: Document, namespace: str = "", query: Mapping[str, str] | None = None
    ) -> Document:
        return await self.ask("POST", resource.path(namespace), query, obj)

    async def patch(
        self, resource: Resource, name: str, namespace: str, patch: object, *, kind: str = "strategic",
        query: Mapping[str, str] | None = None, subresource: str = "",
    ) -> Document:
        """``kind``: strategic, merge or json."""
        path = resource.path(namespace, name, subresource)
        media_type = MEDIA_TYPES[kind]
        return await self.ask("PATCH", path, query, patch, content_type=media_type)

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, query: Mapping[str, str], body: object = None
    ) -> AsyncIterator[AsyncIterator[Any]]:
        """A log that is followed, or a command: a context whose value gives what comes."""
        request = self._request(method, path, query, body, "*/*", JSON)
        try:
            stream = await self._channel.stream(f"{method} {path}", request, timeout_ns=TIMEOUT_NS)
            answer = await stream.next()
        except RpcError as error:
            raise Unconnected(self.access.server, error) from None
        try:
            self._note(answer)
            if not answer.ok:
                raise failure(answer)
            yield _items(stream)
        finally:
            stream.close()

    @asynccontextmanager
    async def watch(
        self, path: str, query: Mapping[str, str], *, accept: str = JSON
    ) -> AsyncIterator[AsyncIterator[Change]]:
        """A running watch: a context whose value gives the changes until the server ends it."""
        request = self._request("GET", path, {"watch": "true", **query}, None, accept, JSON)
        try:
            stream = await self._channel.stream(f"WATCH {path}", request, timeout_ns=TIMEOUT_NS)
        except RpcError as error:
            raise Unconnected(self.access.server, error) from None
        try:
            answer = await stream.next()
            self._note(answer)
            if not answer.ok:
                raise failure(answer)
            yield _changes(stream)
        finally:
            stream.close()


async def _items(stream: Stream) -> AsyncIterator[Any]:
    while True:
        try:
            yield await stream.next()
        except RpcError:
            return


async def _changes(stream: Stream) -> AsyncIterator[Change]:
    while True:
        try:
            item = await stream.next()
        except StreamEnded:
            return
        except RpcError:
            return
        if item["type"] == "ERROR":
            raise StatusError(item["object"])
        yield Change(item["type"], item["object"])


def _enhanced(error: StatusError, resource: Resource, labels: str, fields: str) -> StatusError:
    """What could not be listed is named (``resource.EnhanceListError``)."""
    if error.reason not in ("BadRequest", "NotFound"):
        return error
    subject = f"{resource.group}/{resource.version}, Resource={resource.plural}"
    head = f'Unable to list "{subject}"'
    if labels or fields:
        head = f'Unable to find "{subject}" that match label selector "{labels}", field selector "{fields}"'
    return StatusError({**error.status, "message": f"{head}: {error.message}"})


def typed(resource: Resource, item: Document) -> Document:
    """An item of a list with the kind that lists leave out."""
    if "kind" in item:
        return item
    return {"apiVersion": resource.api_version, "kind": resource.kind, **item}
