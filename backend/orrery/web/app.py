"""The page's application: the shell, the bundle, /api and /ws.

Whoever asks is looked at twice: the Host must be one that this server answers to (against DNS rebinding), and what
changes something, or opens the websocket, must come from a page of ours (Origin).
"""

import json
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from orrery import __version__
from orrery.theatre.records import ErrorDetail, ErrorReply
from orrery.web.api import router
from orrery.web.api.refusal import Refusal
from orrery.web.documents import PasteError
from orrery.web.hall import Hall
from orrery.web.terminals import Terminals
from orrery.web.viewers import Viewers

ENTRY = "src/main.ts"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
BODY_MOST = 1 << 20
RUN_MOST = 32 << 20  # of the file of a run
VIEWERS_MOST = 500

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def static_folder() -> Path:
    """What is served below /static: of the checkout where there is one, else of the installed package."""
    packaged = Path(str(files("orrery"))) / "static"
    checkout = Path(__file__).resolve().parents[3] / "static"
    return packaged if packaged.is_dir() else checkout


def create_app(hall: Hall, *, hosts: Callable[[str], bool], kubeconfig: Callable[[], str]) -> FastAPI:
    """`hosts` says whether a Host header (without its port) is one that we answer to."""
    app = FastAPI(title="Orrery", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    static = static_folder()
    templates = Jinja2Templates(Path(__file__).parent / "templates")
    app.state.hall = hall
    viewers = Viewers(hall, VIEWERS_MOST)
    hall.on_move = viewers.move
    terminals = Terminals(hall)

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        refusal = _refusal(request, hosts)
        response = refusal if refusal is not None else await call_next(request)
        response.headers.setdefault("content-security-policy", POLICY)
        response.headers.setdefault("x-content-type-options", "nosniff")
        response.headers.setdefault("referrer-policy", "no-referrer")
        return response

    @app.get("/", response_class=HTMLResponse)
    async def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "page.html", {"bundle": bundle(static), "version": __version__})

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    async def admit(socket: WebSocket, serve: Callable[[WebSocket], Awaitable[None]]) -> None:
        host = socket.headers.get("host", "")
        if not hosts(_host_of(host)) or not _is_ours(socket.headers.get("origin"), host):
            await socket.close(1008, "this page is not of this server")
            return
        await socket.accept()
        await serve(socket)

    @app.websocket("/ws")
    async def websocket(socket: WebSocket) -> None:
        await admit(socket, viewers.serve)

    @app.websocket("/ws/terminal")
    async def terminal(socket: WebSocket) -> None:
        await admit(socket, terminals.serve)

    app.include_router(router(hall, kubeconfig))
    app.mount("/static", StaticFiles(directory=static), name="static")
    _add_refusals(app)
    return app


def bundle(static: Path) -> dict[str, Any] | None:
    """The built bundle's files: {"script": path, "styles": [paths], "preloads": [paths]}; None: it was not built."""
    manifest = static / "build" / ".vite" / "manifest.json"
    if not manifest.is_file():
        manifest = static / "build" / "manifest.json"
    if not manifest.is_file():
        return None
    chunks = json.loads(manifest.read_text())
    entry = chunks.get(ENTRY) or next((chunk for chunk in chunks.values() if chunk.get("isEntry")), None)
    if entry is None:
        return None
    styles = list(entry.get("css", []))
    preloads = []
    for name in entry.get("imports", []):
        preloads.append(chunks[name]["file"])
        styles += chunks[name].get("css", [])
    return {"script": entry["file"], "styles": styles, "preloads": preloads}


def _refusal(request: Request, hosts: Callable[[str], bool]) -> Response | None:
    host = request.headers.get("host", "")
    if not hosts(_host_of(host)):
        return _error(421, "this server does not answer to that host name", "Host")
    if request.method not in SAFE_METHODS:
        if not _is_ours(request.headers.get("origin"), host):
            return _error(403, "this request does not come from a page of this server", "Origin")
        if "content-length" not in request.headers:
            return _error(411, "the request does not say how long it is", "Content-Length")
        most = RUN_MOST if request.url.path == "/api/open" else BODY_MOST
        if int(request.headers["content-length"]) > most:
            return _error(413, f"the request is larger than {most} bytes", "body")
    return None


def _host_of(header: str) -> str:
    return (urlsplit(f"//{header}").hostname or "").lower()


def _is_ours(origin: str | None, host: str) -> bool:
    """A page of this very host and port. No Origin at all: no browser, so nobody's page is being misused."""
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()


def _error(code: int, message: str, field: str = "") -> JSONResponse:
    return JSONResponse(ErrorReply(error=ErrorDetail(message=message, field=field)).model_dump(), code)


def _add_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return _error(error.code, error.message, error.field)

    @app.exception_handler(PasteError)
    async def pasted(request: Request, error: PasteError) -> Response:
        return _error(422, str(error), error.field)

    @app.exception_handler(ValueError)
    async def refused_value(request: Request, error: ValueError) -> Response:
        return _error(422, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first.get("loc", ())[1:])
        return _error(422, f"{place or 'the request'}: {first.get('msg', 'is not valid')}", place)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return _error(error.status_code, str(error.detail))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        return _error(500, "the server met something unforeseen; its log says more")
