"""Admission: plugins that change a write, or refuse it, before it is stored.

Each plugin is one file with a ``Plugin``, and one line in ``PLUGINS``, whose order is Kubernetes' own
(``pkg/kubeapiserver/options/plugins.go``). ``admit`` may change the object and runs first, for all plugins; then, after
validation, ``validate`` may only refuse. Both raise StatusError, 403 as a rule.
"""

from __future__ import annotations

from functools import cache

from orrery.apiserver.admission import (
    default_tolerations,
    namespace_lifecycle,
    node_restriction,
    priority,
    service_account,
    taint_nodes,
)
from orrery.apiserver.admission.plugin import CREATE, DELETE, UPDATE, Plugin, Write

__all__ = ["CREATE", "DELETE", "PLUGINS", "UPDATE", "Plugin", "Write", "mutating", "validating"]

PLUGINS: tuple[Plugin, ...] = (
    namespace_lifecycle.PLUGIN,
    service_account.PLUGIN,
    node_restriction.PLUGIN,
    taint_nodes.PLUGIN,
    priority.PLUGIN,
    default_tolerations.PLUGIN,
)


@cache
def mutating(operation: str, what: str) -> tuple[Plugin, ...]:
    """The plugins that may change such a write; ``what`` is ``pods`` or ``pods/status``."""
    return tuple(p for p in PLUGINS if p.admit is not None and p.handles(operation, what))


@cache
def validating(operation: str, what: str) -> tuple[Plugin, ...]:
    """The plugins that may refuse such a write after validation."""
    return tuple(p for p in PLUGINS if p.validate is not None and p.handles(operation, what))
