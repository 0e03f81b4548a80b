"""The terminal in the page: a shell inside the simulation, whose commands act as clients of the cluster.

A line that somebody types is an input of the run like any other act; what the commands do they do as coroutines of a
simulated process, through the simulated network, in virtual time. What they print goes out to whoever looks.

terminal    all sessions of a run, behind the kernel's inbox
session     one session: its prompt, the line that runs, pipes and redirections
grammar     from text to pipelines; `expand` from words to arguments
command     what a command is given, and what it gives back; `toolbox` what the shell's own commands have besides
table       every command by its name
tools       the commands of a host: journalctl, tcpdump, tail, grep, ls …
etcdctl     etcd's client; `kubectl` the API server's
journal     each host's journal; `files` what a session sees of its host's disk, and its own files
completion  what Tab offers
programs    what `kubectl exec` can run in the control plane's Pods
"""

from orrery.theatre.terminal.completion import Completion
from orrery.theatre.terminal.session import Audience, PromptKind
from orrery.theatre.terminal.terminal import LINE_MOST, Terminal

__all__ = ["LINE_MOST", "Audience", "Completion", "PromptKind", "Terminal"]
