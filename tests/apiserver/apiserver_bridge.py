"""A bridge for tests with real clients: https on the one side, the simulated API server on the other.

One thread owns the simulation and runs it at the pace of the wall clock; each connection's thread hands it requests and
waits. Nothing of the product depends on this.
"""

from __future__ import annotations

import datetime
import json
import queue
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from apiserver_lab import ADMIN, Lab
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orrery.kernel import MILLISECOND
from orrery.machinery.wire import ApiRequest, ApiResponse


def certificate(folder: Path) -> Path:
    """A self-signed certificate of 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    import ipaddress

    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    cert = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "bridge.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + cert.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Bridge:
    """An https server in front of a lab. ``kubeconfig`` is the path of a file for kubectl."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.requests: list[str] = []
        self._inbox: queue.Queue[Any] = queue.Queue()
        self._stopping = False
        pem = certificate(folder)
        bridge = self

        class Handler(_Handler):
            owner = bridge

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self.kubeconfig = folder / "kubeconfig"
        cluster = {"server": f"https://127.0.0.1:{self._server.server_port}", "certificate-authority": str(pem)}
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "lab",
            "clusters": [{"name": "lab", "cluster": cluster}],
            "users": [{"name": "admin", "user": {"token": "admin"}}],
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "admin"}}],
        }))  # fmt: skip
        self._threads = [
            threading.Thread(target=self._pump, daemon=True),
            threading.Thread(target=self._server.serve_forever, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._stopping = True
        self._server.shutdown()
        self._threads[0].join()

    def post(self, request: ApiRequest, answers: queue.Queue[Any], *, watch: bool) -> None:
        self._inbox.put((request, answers, watch))

    def _pump(self) -> None:
        kernel = self.lab.kernel
        began, origin_ns = time.monotonic(), kernel.now_ns
        while not self._stopping:
            try:
                request, answers, watch = self._inbox.get(timeout=0.002)
                work = self._watch(request, answers) if watch else self._ask(request, answers)
                self.lab.client.spawn(work, name="request")
            except queue.Empty:
                pass
            kernel.run_until(max(kernel.now_ns + MILLISECOND, origin_ns + int((time.monotonic() - began) * 1e9)))

    async def _ask(self, request: ApiRequest, answers: queue.Queue[Any]) -> None:
        answers.put(await self.lab.channels[0].call(f"{request.method} {request.path}", request))

    async def _watch(self, request: ApiRequest, answers: queue.Queue[Any]) -> None:
        stream = await self.lab.channels[0].stream(f"WATCH {request.path}", request)
        try:
            while True:
                answers.put(await stream.next())
        except Exception:
            answers.put(None)


class _Handler(BaseHTTPRequestHandler):
    owner: Bridge
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        self.owner.requests.append(f"{self.command} {self.path}")
        request = ApiRequest(self.command, parts.path, query, dict(self.headers.items()), body, *ADMIN)
        answers: queue.Queue[Any] = queue.Queue()
        watch = query.get("watch", "") in ("true", "1")
        self.owner.post(request, answers, watch=watch)
        response: ApiResponse = answers.get(timeout=70)
        if not watch or not response.ok:
            self._answer(response)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while (item := answers.get()) is not None:
            line = orjson.dumps(item) + b"\n"
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _answer(self, response: ApiResponse) -> None:
        text = response.body
        data = text.encode() if isinstance(text, str) else orjson.dumps(text)
        headers = {"Content-Type": "application/json", **response.headers}
        self.send_response(response.code)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

    def log_message(self, *args: object) -> None:
        pass
