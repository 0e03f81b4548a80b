"""`orrery serve`."""

import asyncio
import errno
import os
import socket
import sys
import threading
import webbrowser
from pathlib import Path

import click

from orrery.cli.options import config_option, read_config, seed_option
from orrery.cli.values import Port


@click.command(short_help="Start the server.")
@config_option
@seed_option
@click.option("--host", default="127.0.0.1", show_default=True,
              help="The address to listen on; 0.0.0.0 lets other machines in.")
@click.option("--port", type=Port(), default=8000, show_default=True, help="The port of the page.")
@click.option("--kube-port", type=Port(), default=6443, show_default=True,
              help="The port of the Kubernetes API (https).")
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser, if this machine has a screen.")
def command(config: Path | None, seed: int, host: str, port: int, kube_port: int, open_page: bool) -> None:
    """Start the server: the page on one port, the Kubernetes API on another.

    The page shows a cluster that has just booted. Real clients drive the same cluster through the Kubernetes API, with
    the credentials that `orrery kubeconfig` prints. Ctrl-C ends it.

    It listens on this machine alone unless --host says otherwise. Whoever reaches the page can act on the cluster; the
    cluster is simulated and can reach nothing outside itself.
    """
    if port == kube_port:
        raise click.UsageError(
            f"the page and the Kubernetes API cannot share port {port}: change --port or --kube-port."
        )
    cluster_config = read_config(config)
    _check_free(host, port, "--port")
    _check_free(host, kube_port, "--kube-port")
    from orrery.web.server import Options, serve

    def ready() -> None:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        click.echo(f"Orrery is at http://{shown}:{port}, its Kubernetes API at https://{shown}:{kube_port}.")
        click.echo(f"Real clients: 'orrery kubeconfig --port {port} > orrery.kubeconfig'.", err=True)
        if open_page:
            _open(f"http://{shown}:{port}")

    click.echo("Booting the cluster ...", err=True)
    try:
        asyncio.run(serve(seed, cluster_config, Options(host, port, kube_port), on_ready=ready))
    except OSError as error:
        raise click.ClickException(f"the server cannot go on: {error.strerror or error}.") from None


def _check_free(host: str, port: int, option: str) -> None:
    """Raises a ClickException if the address cannot be listened on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise click.ClickException(f"--host {host} is not an address of this machine.") from None
    with socket.socket(family, kind, protocol) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            raise click.ClickException(
                f"port {port} may not be used by this account: choose one above 1023 with {option}."
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                text = f"port {port} on {host} is in use: stop what listens there, or choose another with {option}."
            else:
                text = f"--host {host} cannot be listened on: {error.strerror}."
            raise click.ClickException(text) from None


def _open(address: str) -> None:
    """Opens the page; says nothing where there is no screen."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    threading.Thread(target=webbrowser.open, args=(address,), name="open the page", daemon=True).start()
