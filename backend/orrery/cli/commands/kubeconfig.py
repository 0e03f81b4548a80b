"""`orrery kubeconfig`."""

import urllib.error
import urllib.request

import click

from orrery.cli.values import Port

TIMEOUT_S = 10


@click.command(short_help="Print the kubeconfig of the running server.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the server's page is.")
@click.option("--port", type=Port(), default=8000, show_default=True, help="The port of the server's page.")
def command(host: str, port: int) -> None:
    """Print the kubeconfig of the server that is running, for kubectl, helm and client libraries.

    It holds the address of the server's Kubernetes API, the authority that signed its certificate, and an
    administrator's credentials: keep it as you would keep the server's own.

    \b
      orrery kubeconfig > orrery.kubeconfig
      kubectl --kubeconfig orrery.kubeconfig get nodes -o wide
    """
    address = f"http://{host}:{port}"
    try:
        with urllib.request.urlopen(f"{address}/api/kubeconfig", timeout=TIMEOUT_S) as response:
            text = response.read().decode()
    except urllib.error.HTTPError as error:
        raise click.ClickException(
            f"{address} answered {error.code}: it is not an Orrery server, or not one of this version."
        ) from None
    except (OSError, ValueError):
        raise click.ClickException(
            f"no Orrery server answers on {address}: start one with 'orrery serve', or name its port with --port."
        ) from None
    click.echo(text, nl=False)
