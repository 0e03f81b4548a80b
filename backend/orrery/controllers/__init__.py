"""kube-controller-manager and its controllers.

A controller is one file and one line in `registry.py`. It watches, compares what is wanted with what is, and acts until
there is no difference; see `controller.py` for what they share.

Rules: controllers do not know each other; they meet in the API server. What decides is a plain function of cached
objects (which Pods to delete, how far a rolling update may go, what a status is); what acts is `sync`.
"""

from orrery.controllers.config import ControllerManagerConfig
from orrery.controllers.controller import Controller, Informers
from orrery.controllers.events import Reconciled
from orrery.controllers.manager import ControllerManager

__all__ = ["Controller", "ControllerManager", "ControllerManagerConfig", "Informers", "Reconciled"]
