"""Options that several commands share, and the reading of the files that they name."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from orrery.cli.values import Seed

if TYPE_CHECKING:
    from orrery.cluster import ClusterConfig

F = TypeVar("F")

DEFAULT_SEED = 1


def seed_option(function: F) -> F:
    option: Any = click.option(
        "--seed", type=Seed(), default=DEFAULT_SEED, show_default=True,
        help="What all chance of the run is drawn from: the same seed, the same run.",
    )
    return option(function)  # type: ignore[no-any-return]


def config_option(function: F) -> F:
    option: Any = click.option(
        "--config", type=click.Path(path_type=Path), metavar="FILE",
        help="The cluster: a kubeadm ClusterConfiguration, or Orrery's own YAML. Without it: three control-plane hosts "
        "and four workers.",
    )
    return option(function)  # type: ignore[no-any-return]


def read_config(path: Path | None) -> "ClusterConfig":
    """The configuration in a file, or the default one; a ClickException names what is wrong with the file, and
    where."""
    from orrery import cluster

    if path is None:
        return cluster.default_config()
    try:
        return cluster.load(path)
    except OSError as error:
        raise click.ClickException(f"--config {path} cannot be read: {error.strerror}.") from None
    except cluster.ConfigError as error:
        raise click.ClickException(f"--config {path}: {error}") from None
