"""The table of commands, in the groups and the order in which help lists them."""

from orrery.theatre.terminal.kubectl.verb import Verb
from orrery.theatre.terminal.kubectl.verbs import (
    apply,
    auth,
    cluster,
    create,
    delete,
    describe,
    diff,
    discovery,
    drain,
    events,
    exec_,
    explain,
    expose,
    get,
    label,
    logs,
    nodes,
    rollout,
    run,
    scale,
    set,
    wait,
)

GROUPS: tuple[tuple[str, tuple[Verb, ...]], ...] = (
    ("Basic Commands (Beginner)", (create.VERB, expose.VERB, run.VERB, set.SET)),
    ("Basic Commands (Intermediate)", (explain.VERB, get.VERB, cluster.EDIT, delete.VERB)),
    ("Deploy Commands", (rollout.ROLLOUT, scale.SCALE)),
    ("Cluster Management Commands", (
        cluster.CLUSTER_INFO, cluster.TOP, nodes.CORDON, nodes.UNCORDON, drain.VERB, nodes.TAINT,
    )),
    ("Troubleshooting and Debugging Commands", (
        describe.VERB, logs.VERB, cluster.ATTACH, exec_.VERB, cluster.PORT_FORWARD, cluster.CP, auth.VERB, events.VERB,
    )),
    ("Advanced Commands", (diff.VERB, apply.VERB, scale.PATCH, scale.REPLACE, wait.VERB)),
    ("Settings Commands", (label.LABEL, label.ANNOTATE)),
    ("Other Commands", (
        discovery.API_RESOURCES, discovery.API_VERSIONS, cluster.CONFIG, cluster.OPTIONS, cluster.VERSION,
    )),
)
VERBS: tuple[Verb, ...] = tuple(verb for _, verbs in GROUPS for verb in verbs)
