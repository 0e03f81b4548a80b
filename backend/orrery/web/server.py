"""The server: the page, the Kubernetes gateway and the room on one event loop."""

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import uvicorn

from orrery.cluster import ClusterConfig
from orrery.web.app import create_app
from orrery.web.gateway import Gateway
from orrery.web.hall import Hall
from orrery.web.kubeconfig import kubeconfig
from orrery.web.pki import credentials, state_folder

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
WEBSOCKET_MOST = 64 << 10  # bytes of one frame from a browser


@dataclass(frozen=True, slots=True)
class Options:
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 8000
    kube_port: int = 6443


class _Quiet(uvicorn.Server):
    """A uvicorn server beside another: signals are handled once, for both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    seed: int, config: ClusterConfig, options: Options, *, on_ready: Callable[[], object] = lambda: None
) -> None:
    """Serves until SIGINT or SIGTERM. Boots the cluster first. Raises OSError where it cannot listen or keep its
    state."""
    hall = Hall(seed, config)
    secrets = credentials(state_folder(), _certificate_names(options.host))
    kube_address = f"https://{_reachable(options.host)}:{options.kube_port}"
    app = create_app(hall, hosts=_host_check(options.host), kubeconfig=lambda: kubeconfig(kube_address, secrets))
    page = _Quiet(uvicorn.Config(
        app, host=options.host, port=options.port, log_level="warning", access_log=False, lifespan="off",
        ws="websockets-sansio", ws_max_size=WEBSOCKET_MOST, ws_per_message_deflate=True, timeout_graceful_shutdown=1,
    ))
    gateway = Gateway(lambda: hall.clients_room, secrets.token)
    kube = _Quiet(uvicorn.Config(
        gateway, host=options.host, port=options.kube_port, log_level="warning",
        access_log=False, lifespan="off", ws="none", ssl_certfile=secrets.certificate_file,
        ssl_keyfile=secrets.key_file, timeout_graceful_shutdown=1,
    ))
    servers = (page, kube)

    def end() -> None:
        hall.close()
        gateway.close()
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, end)
    playing = asyncio.ensure_future(hall.run())
    serving = [asyncio.ensure_future(server.serve()) for server in servers]
    try:
        await _started(servers, serving)
        on_ready()
        done, _ = await asyncio.wait((playing, *serving), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        end()
        playing.cancel()
        await asyncio.gather(playing, *serving, return_exceptions=True)


async def _started(servers: tuple[uvicorn.Server, ...], serving: list["asyncio.Task[None]"]) -> None:
    while not all(server.started for server in servers):
        for task in serving:
            if task.done():
                task.result()
                raise OSError("a port could not be listened on")
        await asyncio.sleep(0.02)


def _host_check(host: str) -> Callable[[str], bool]:
    """Listening on this machine alone, only its own names are good. Listening wider was somebody's choice: then any
    name by which this machine may be known is, since DNS rebinding gains nothing that the open port does not give."""
    if _is_loopback(host):
        names = {*LOOPBACK_NAMES, host}
        return lambda name: name in names
    return lambda name: bool(name)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reachable(host: str) -> str:
    """An address by which this very machine reaches the server."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _certificate_names(host: str) -> list[str]:
    names = ["localhost", "127.0.0.1", "::1", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]
    for extra in (host, socket.gethostname()):
        if extra not in (*names, "0.0.0.0", "::") and extra:
            names.append(extra)
    return names
