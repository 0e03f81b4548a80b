"""A load balancer at layer 4, as haproxy stands before the API servers: it forwards connections and looks into none.

Round robin over the servers that are up; a check of ``/readyz`` every two seconds, three failures take a server down
and two successes bring it back; the sessions of a server that went down are shut.
"""

from __future__ import annotations

from collections.abc import Sequence

from orrery.cluster.events import BackendChanged
from orrery.kernel import NO_CAUSE, SECOND, Address, Cause, Channel, End, Message, Process, RpcError, sleep
from orrery.machinery.wire import ApiRequest, ApiResponse

CHECK_INTERVAL_NS = 2 * SECOND
FALL = 3
RISE = 2
_CONNECT_TIMEOUT_NS = 5 * SECOND


class Backend:
    """One API server as the load balancer sees it."""

    def __init__(self, address: Address, channel: Channel) -> None:
        self.address = address
        self.channel = channel
        self.up = False
        self.run = 0  # checks in a row that spoke against the present state
        self.sessions: dict[int, Session] = {}


class Session:
    """One connection of a client, and the one to a server that stands for it."""

    __slots__ = ("backend", "cause", "client", "server", "waiting")

    def __init__(self, client: End, cause: Cause) -> None:
        self.client = client
        self.cause = cause
        self.server: End | None = None
        self.backend: Backend | None = None
        self.waiting: list[tuple[Message, Cause]] = []


class LoadBalancer:
    """``run`` is the main coroutine of its process."""

    def __init__(self, process: Process, port: int, backends: Sequence[Address]) -> None:
        self._process = process
        self._port = port
        self.backends = [Backend(address, process.dial(address, protocol="api")) for address in backends]
        self._next = 0

    async def run(self) -> None:
        self._process.accept(self._port, self._accept)
        for backend in self.backends:
            self._process.spawn(self._check(backend), name=f"check {backend.address.host}")
        await self._process.event().wait()

    # -- sessions

    def _accept(self, client: End) -> None:
        session = Session(client, self._process.kernel.cause)
        client.on_frame = lambda message: self._from_client(session, message)
        client.on_close = lambda reason: self._shut(session)
        self._process.spawn(self._join(session), name="session")

    async def _join(self, session: Session) -> None:
        """Connects to the next server that is up; where one refuses, to the one after it."""
        for _ in range(len(self.backends)):
            backend = self._pick()
            if backend is None:
                break
            try:
                server = await self._process.connect(backend.address, timeout_ns=_CONNECT_TIMEOUT_NS)
            except RpcError:
                continue
            if not session.client.open:
                server.close()
                return
            session.server, session.backend = server, backend
            backend.sessions[session.client.number] = session
            server.on_frame = session.client.forward
            server.on_close = lambda reason: self._shut(session)
            waiting, session.waiting = session.waiting, []
            for message, cause in waiting:
                self._process.kernel.cause = cause
                server.forward(message)
            return
        session.client.close()

    def _from_client(self, session: Session, message: Message) -> None:
        if session.server is not None:
            session.server.forward(message)
        else:
            session.waiting.append((message, self._process.kernel.cause))

    def _shut(self, session: Session) -> None:
        if session.backend is not None:
            session.backend.sessions.pop(session.client.number, None)
        session.client.close()
        if session.server is not None:
            session.server.close()

    def _pick(self) -> Backend | None:
        for step in range(len(self.backends)):
            index = (self._next + step) % len(self.backends)
            if self.backends[index].up:
                self._next = index + 1
                return self.backends[index]
        return None

    # -- checks

    async def _check(self, backend: Backend) -> None:
        while True:
            self._process.kernel.cause = NO_CAUSE
            failure = await self._failure(backend)
            if bool(failure) is not backend.up:
                backend.run = 0
            else:
                backend.run += 1
                if backend.run >= (FALL if backend.up else RISE):
                    self._turn(backend, failure)
            await sleep(CHECK_INTERVAL_NS)

    async def _failure(self, backend: Backend) -> str:
        request = ApiRequest("GET", "/readyz", user="system:anonymous", groups=("system:unauthenticated",), quiet=True)
        try:
            answer = await backend.channel.call("GET /readyz", request, timeout_ns=CHECK_INTERVAL_NS, quiet=True)
        except RpcError as error:
            backend.channel.close()
            return str(error)
        assert isinstance(answer, ApiResponse)
        return "" if answer.code == 200 else f"status {answer.code}"

    def _turn(self, backend: Backend, failure: str) -> None:
        backend.up, backend.run = not failure, 0
        sessions = list(backend.sessions.values()) if failure else []
        name = f"{backend.address.host}/kube-apiserver"
        reason = failure or "check passed"
        self._process.emit(BackendChanged(backend=name, up=backend.up, reason=reason, sessions=len(sessions)))
        for session in sessions:
            self._shut(session)
