"""kubectl, for the terminal in the page: a client of the simulated cluster that prints what real kubectl prints.

    main.py        from words to a command: flags, kubeconfig, what is said when it fails, --help
    registry.py    the table of commands, one line each            verbs/      one file a command
    verb.py        what a command is and what it is given          flags.py    pflag's rules
    config.py      the kubeconfig on the machine's disk            api.py      requests and watches
    naming.py      TYPE/NAME and its other forms                   manifests.py  what -f reads
    output/        tables, YAML, JSON, JSONPath, templates         describe/   one file a kind
    tabwriter.py   columns                                         errors.py   wording and exit codes
    completing.py  what Tab offers

Rules
- It knows nothing of the cluster but what the API server answers. It waits on virtual time alone.
- Output, errors and exit codes are those of kubectl 1.37, byte for byte; ``tests/clients`` compares the two.
- Every request goes from the simulated process over the simulated network, through the load balancer.

To add a command: a file in ``verbs`` with its ``Verb``, and its line in ``registry.py``.
"""

from orrery.theatre.terminal.kubectl.completing import complete
from orrery.theatre.terminal.kubectl.main import kubectl

__all__ = ["complete", "kubectl"]
