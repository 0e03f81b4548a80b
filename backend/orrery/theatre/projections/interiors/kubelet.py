"""Inside a kubelet: a worker for each Pod with the stage of its life, and what the probes have found."""

from dataclasses import dataclass, field

from orrery.etcd.events import EtcdApplied
from orrery.kernel import ProcessExited
from orrery.machinery.resources import PODS
from orrery.node.events import PodWorkerChanged, ProbeResult
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.projections.objects import Objects, Stored
from orrery.theatre.records import PodWorkerPart, ProbeView
from orrery.theatre.stage import Stage

OUTPUT_LONGEST = 160
FINISHED = "Finished"


@dataclass(slots=True)
class _Worker:
    pod: str
    state: str
    since_ns: int
    probes: dict[tuple[str, str], ProbeView] = field(default_factory=dict)


class Kubelets(Interior):
    name = "kubelet"

    def __init__(self, stage: Stage, objects: Objects) -> None:
        super().__init__(stage)
        self._workers: dict[str, dict[str, _Worker]] = {}  # by component, by the Pod's uid
        self._objects = objects
        objects.watch(self._stored)

    def handlers(self) -> Handlers:
        return {PodWorkerChanged: self._worker_changed, ProbeResult: self._probed}

    def exited(self, event: ProcessExited) -> None:
        for uid in self._workers.pop(event.source, {}):
            self._touch(event.time_ns, event.source, uid, lambda: None)

    def _worker_changed(self, event: PodWorkerChanged) -> None:
        workers = self._workers.setdefault(event.source, {})
        worker = workers.setdefault(event.uid, _Worker(event.pod, event.state, event.time_ns))
        worker.state, worker.since_ns = event.state, event.time_ns
        if event.state == FINISHED and not self._is_stored(event.pod, event.uid):
            del workers[event.uid]
        self._touch_worker(event.time_ns, event.source, event.uid)

    def _probed(self, event: ProbeResult) -> None:
        worker = self._workers.get(event.source, {}).get(event.uid)
        if worker is None:
            return
        worker.probes[event.container, event.probe] = ProbeView(
            container=event.container, probe=event.probe, success=event.success,
            output=event.output[:OUTPUT_LONGEST], t_ns=event.time_ns,
        )
        self._touch_worker(event.time_ns, event.source, event.uid)

    def _stored(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        """A Pod that is stored no more has its worker until that has finished; what has finished then goes."""
        if after is not None or before is None or before.resource is not PODS:
            return
        uid = before.document["metadata"]["uid"]
        for component, workers in self._workers.items():
            worker = workers.get(uid)
            if worker is not None and worker.state == FINISHED:
                del workers[uid]
                self._touch_worker(event.time_ns, component, uid)

    def _is_stored(self, pod: str, uid: str) -> bool:
        stored = self._objects.get(PODS, *pod.split("/", 1))
        return stored is not None and stored.document["metadata"]["uid"] == uid

    def _touch_worker(self, t_ns: int, component: str, uid: str) -> None:
        def make() -> PodWorkerPart | None:
            worker = self._workers.get(component, {}).get(uid)
            if worker is None:
                return None
            return PodWorkerPart(
                pod=worker.pod, uid=uid, state=worker.state, since_ns=worker.since_ns,
                probes=tuple(worker.probes.values()),
            )

        self._touch(t_ns, component, uid, make)
