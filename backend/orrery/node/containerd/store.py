"""What the runtime keeps on its host's disk: images, sandboxes, containers. It survives both daemon and machine."""

from __future__ import annotations

import dataclasses
from typing import Any

import orjson

from orrery.kernel import Process
from orrery.node.cri import ContainerStatus, Image, SandboxStatus
from orrery.node.images import ImageProfile

ROOT = "/var/lib/containerd/"
_IMAGES = ROOT + "images/"
_SANDBOXES = ROOT + "sandboxes/"
_CONTAINERS = ROOT + "containers/"
_CONTENT = ROOT + "content/"


@dataclasses.dataclass(frozen=True, slots=True)
class StoredImage:
    """An image on the disk, with what it is."""

    reference: str
    image_id: str
    size_bytes: int
    profile: ImageProfile

    @property
    def summary(self) -> Image:
        return Image(self.reference, self.image_id, self.size_bytes)


class Store:
    """A cache of what is on the disk, read once when the daemon starts and written through."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._disk = process.disk
        self.images: dict[str, StoredImage] = {}
        self.sandboxes: dict[str, SandboxStatus] = {}
        self.containers: dict[str, ContainerStatus] = {}
        for document in self._load(_IMAGES):
            profile = ImageProfile.of(document.pop("profile"))
            self.images[document["reference"]] = StoredImage(**document, profile=profile)
        for document in self._load(_SANDBOXES):
            self.sandboxes[document["id"]] = SandboxStatus(**document)
        for document in self._load(_CONTAINERS):
            self.containers[document["id"]] = ContainerStatus(**document)
        self.sandboxes = dict(sorted(self.sandboxes.items(), key=lambda item: (item[1].created_ns, item[0])))
        self.containers = dict(sorted(self.containers.items(), key=lambda item: (item[1].created_ns, item[0])))

    def has_layer(self, digest: str) -> bool:
        return self._disk.exists(_CONTENT + digest)

    async def put_layer(self, digest: str) -> None:
        await self._write(_CONTENT + digest, b"{}")

    async def put_image(self, image: StoredImage) -> None:
        self.images[image.reference] = image
        await self._write(_IMAGES + image.reference, orjson.dumps(image))

    async def put_sandbox(self, sandbox: SandboxStatus) -> None:
        self.sandboxes[sandbox.id] = sandbox
        await self._write(_SANDBOXES + sandbox.id, orjson.dumps(sandbox))

    async def put_container(self, container: ContainerStatus) -> None:
        self.containers[container.id] = container
        await self._write(_CONTAINERS + container.id, orjson.dumps(container))

    def note_container(self, container: ContainerStatus) -> None:
        """Keeps a container's new state without waiting for the disk."""
        self.containers[container.id] = container
        self._note(_CONTAINERS + container.id, orjson.dumps(container))

    def note_sandbox(self, sandbox: SandboxStatus) -> None:
        self.sandboxes[sandbox.id] = sandbox
        self._note(_SANDBOXES + sandbox.id, orjson.dumps(sandbox))

    def drop_sandbox(self, sandbox_id: str) -> None:
        if self.sandboxes.pop(sandbox_id, None) is not None:
            self._disk.delete(_SANDBOXES + sandbox_id)

    def drop_container(self, container_id: str) -> None:
        if self.containers.pop(container_id, None) is not None:
            self._disk.delete(_CONTAINERS + container_id)

    def _note(self, path: str, data: bytes) -> None:
        self._disk.write(path, data)
        self._process.spawn(self._disk.sync(path), name="sync")

    async def _write(self, path: str, data: bytes) -> None:
        self._disk.write(path, data)
        await self._disk.sync(path)

    def _load(self, prefix: str) -> list[dict[str, Any]]:
        return [orjson.loads(self._disk.read(path) or b"{}") for path in self._disk.list(prefix)]
