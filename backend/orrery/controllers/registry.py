"""Every controller that the manager runs: one file and one line each, in the order in which they start."""

from __future__ import annotations

from orrery.controllers.controller import Controller
from orrery.controllers.deployment import DeploymentController
from orrery.controllers.endpoints import EndpointsController
from orrery.controllers.endpointslice import EndpointSliceController
from orrery.controllers.garbage_collector import GarbageCollector
from orrery.controllers.namespace import NamespaceController
from orrery.controllers.node_ipam import NodeIpamController
from orrery.controllers.node_lifecycle import NodeLifecycleController
from orrery.controllers.pod_gc import PodGarbageCollector
from orrery.controllers.replicaset import ReplicaSetController
from orrery.controllers.serviceaccount import ServiceAccountController
from orrery.controllers.taint_eviction import TaintEvictionController

CONTROLLERS: tuple[type[Controller], ...] = (
    DeploymentController,
    ReplicaSetController,
    EndpointsController,
    EndpointSliceController,
    NamespaceController,
    ServiceAccountController,
    NodeIpamController,
    NodeLifecycleController,
    TaintEvictionController,
    PodGarbageCollector,
    GarbageCollector,
)
