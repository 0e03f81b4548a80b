"""The command line: `orrery serve | run | kubeconfig | bench | atlas`.

Each command is one file of `commands/` and one line of the table in `application.py`; it is imported when it is
called for, so that `orrery --help` answers at once.

Rules:
- What a person got wrong (a seed, a port, a file) is answered by one sentence that names the place and the remedy, on
  stderr, with exit code 2. A traceback means a bug of ours.
- Results go to stdout, progress to stderr, so that `orrery run … | tail -1` and `orrery kubeconfig > FILE` work.
- Nothing is simulated or decided here: a command puts together what the layers below offer.
"""

import sys


def main() -> None:
    """What the `orrery` script calls: runs the command named by `sys.argv` and exits with its code."""
    from orrery.cli.application import run

    sys.exit(run(sys.argv[1:]))
