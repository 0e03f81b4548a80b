"""Inside a container runtime: sandboxes with their containers, and the images on the node with their layers. They
stand on the node's disk: a runtime that ends leaves them there."""

from dataclasses import dataclass, field

from orrery.node.events import ContainerChanged, ImagePulled, NetworkPluginCalled, SandboxChanged
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.records import ImagePart, LayerView, RuntimeContainer, SandboxPart
from orrery.theatre.stage import Stage

DIGITS = 12


@dataclass(slots=True)
class _Sandbox:
    pod: str
    uid: str
    ip: str = ""
    state: str = ""
    since_ns: int = 0
    network_ns: int | None = None
    containers: dict[str, RuntimeContainer] = field(default_factory=dict)


class Runtimes(Interior):
    name = "containerd"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._sandboxes: dict[str, dict[str, _Sandbox]] = {}  # by component, by sandbox
        self._images: dict[tuple[str, str], list[str]] = {}  # the layers of an image that a component has

    def handlers(self) -> Handlers:
        return {
            SandboxChanged: self._sandbox_changed,
            ContainerChanged: self._container_changed,
            NetworkPluginCalled: self._network_called,
            ImagePulled: self._pulled,
        }

    def _network_called(self, event: NetworkPluginCalled) -> None:
        if event.command == "ADD" and not event.error:
            self._sandbox(event.source, event.sandbox, event.pod, event.uid).network_ns = event.duration_ns

    def _sandbox_changed(self, event: SandboxChanged) -> None:
        sandboxes = self._sandboxes.setdefault(event.source, {})
        if event.state == "removed":
            sandboxes.pop(event.sandbox, None)
        else:
            sandbox = self._sandbox(event.source, event.sandbox, event.pod, event.uid)
            sandbox.state, sandbox.ip, sandbox.since_ns = event.state, event.ip, event.time_ns
        self._touch_sandbox(event.time_ns, event.source, event.sandbox)

    def _container_changed(self, event: ContainerChanged) -> None:
        number = self._of_container(event)
        if number is None:
            return
        containers = self._sandboxes[event.source][number].containers
        if event.state == "removed":
            containers.pop(event.container_id, None)
        else:
            containers[event.container_id] = RuntimeContainer(
                name=event.container, id=event.container_id[:DIGITS], attempt=event.attempt, image=event.image,
                state=event.state, since_ns=event.time_ns, exit_code=event.exit_code, reason=event.reason,
            )
        self._touch_sandbox(event.time_ns, event.source, number)

    def _of_container(self, event: ContainerChanged) -> str | None:
        """The sandbox that the container is in: the one that has it, or its Pod's newest."""
        found = None
        for number, sandbox in self._sandboxes.get(event.source, {}).items():
            if event.container_id in sandbox.containers:
                return number
            if sandbox.uid == event.uid and sandbox.state == "ready":
                found = number
        return found

    def _sandbox(self, component: str, number: str, pod: str, uid: str) -> _Sandbox:
        return self._sandboxes.setdefault(component, {}).setdefault(number, _Sandbox(pod, uid))

    def _touch_sandbox(self, t_ns: int, component: str, number: str) -> None:
        def make() -> SandboxPart | None:
            sandbox = self._sandboxes[component].get(number)
            if sandbox is None or not sandbox.state:
                return None
            return SandboxPart(
                pod=sandbox.pod, uid=sandbox.uid, sandbox=number[:DIGITS], state=sandbox.state, ip=sandbox.ip,
                since_ns=sandbox.since_ns, network_ns=sandbox.network_ns, containers=tuple(sandbox.containers.values()),
            )

        self._touch(t_ns, component, f"sandbox/{number[:DIGITS]}", make)

    def _pulled(self, event: ImagePulled) -> None:
        """An image that is pulled again and is the same as before stays as it was: nothing of it was fetched."""
        key, layers = (event.source, event.image), [digest for digest, _, _ in event.layers]
        if self._images.get(key) == layers:
            return
        self._images[key] = layers
        self._touch(event.time_ns, event.source, f"image/{event.image}", lambda: ImagePart(
            image=event.image, size_bytes=event.size_bytes, pulled_ns=event.time_ns, duration_ns=event.duration_ns,
            layers=tuple(
                LayerView(digest=digest.removeprefix("sha256:")[:DIGITS], size_bytes=size_bytes, fetched=fetched)
                for digest, size_bytes, fetched in event.layers
            ),
        ))
