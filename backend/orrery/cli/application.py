"""The table of commands, and how a person's mistake becomes one sentence."""

import importlib
import os
import sys
from collections.abc import Sequence

import click

from orrery import __version__

# name -> what `orrery --help` says of it; the command itself is `command` in orrery/cli/commands/<name>.py.
COMMANDS = {
    "serve": "Start the server: the page on one port, the Kubernetes API on another.",
    "run": "Run a cluster without a browser, as fast as it can, and print one line of JSON.",
    "replay": "Run a saved run again and compare the digest of its trace.",
    "kubeconfig": "Print the kubeconfig of the server that is running.",
    "bench": "Measure the kernel and the cluster, as ratios side by side.",
    "atlas": "Play every entry of the atlas without a browser, and count them.",
}

BAD_INPUT = 2
INTERRUPTED = 130


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"orrery.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="orrery")
def application() -> None:
    """A Kubernetes cluster as clockwork.

    Every component runs as its real algorithm, in virtual time, on simulated machines. `orrery serve` opens it in a
    browser; `orrery run` runs it without one. The same seed, configuration and script give the same trace, byte by
    byte, on any machine.
    """


def run(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code: 0, 2 for what a person can mend, 130 after Ctrl-C."""
    try:
        code = application.main(list(arguments), prog_name="orrery", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        help_wanted.show()
        return BAD_INPUT
    except click.UsageError as mistake:
        place = mistake.ctx.command_path if mistake.ctx else "orrery"
        click.echo(f"{place}: {mistake.format_message()} See '{place} --help'.", err=True)
        return BAD_INPUT
    except click.ClickException as mistake:
        click.echo(f"orrery: {mistake.format_message()}", err=True)
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # `orrery run … | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
