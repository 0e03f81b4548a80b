"""The runtime alone, asked over CRI by a process beside it."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from orrery.kernel import SECOND, Kernel, Process, RpcFailure, sleep
from orrery.node.containerd import Containerd, Machine
from orrery.node.cri import EXITED, RUNNING, SANDBOX_NOTREADY, ContainerStatus, SandboxStatus, address
from orrery.node.images import MIB, ImageProfile
from orrery.node.registry import Registry, RegistryConfig

CATALOGUE = (
    ImageProfile("registry.k8s.io/pause", 320 * 1024, entrypoint=("/pause",)),
    ImageProfile("docker.io/library/nginx", 80 * MIB, cmd=("nginx",), ports=(80,)),
    ImageProfile("docker.io/library/busybox", 2 * MIB, cmd=("sh",), server=False, shell=True),
)

Story = Callable[["Lab"], Coroutine[Any, Any, None]]


class Lab:
    """One worker with its runtime, a registry, and somebody who asks."""

    def __init__(self, **registry: Any) -> None:
        self.kernel = Kernel(7)
        self.worker = self.kernel.add_host("worker-1", ip="10.0.0.21", role="worker")
        far = self.kernel.add_host("registry", ip="203.0.113.10", role="outside")
        config = RegistryConfig(catalogue=CATALOGUE, unknown=False, **registry)
        self.machine = Machine(self.worker)
        far.add_process("registry", lambda process: Registry(process, config).run())
        self.worker.add_process("containerd", self._containerd(config))
        self.asker: Process = self.worker.add_process("asker", lambda process: process.event().wait())
        self.kernel.run_for(SECOND)
        self.channel = self.asker.dial(address("worker-1"), protocol="cri")

    def _containerd(self, config: RegistryConfig) -> Any:
        return lambda process: Containerd(
            process, self.machine, pod_cidr="10.244.1.0/29", registry=config
        ).run()

    async def ask(self, kind: str, **body: Any) -> Any:
        return await self.channel.call(kind, body)

    async def sandbox(self, name: str = "web", attempt: int = 0) -> str:
        answer = await self.ask("RunPodSandbox", namespace="default", name=name, uid=f"uid-{name}", attempt=attempt)
        return str(answer["sandbox_id"])

    async def start(self, sandbox_id: str, *command: str, image: str = "busybox", name: str = "main") -> str:
        answer = await self.ask(
            "CreateContainer", sandbox_id=sandbox_id, name=name, attempt=0, image=image, command=command, args=(),
            ports=(),
        )  # fmt: skip
        await self.ask("StartContainer", container_id=answer["container_id"])
        return str(answer["container_id"])

    async def status(self, container_id: str) -> ContainerStatus:
        found: ContainerStatus = await self.ask("ContainerStatus", container_id=container_id)
        return found

    async def sandboxes(self) -> list[SandboxStatus]:
        found: list[SandboxStatus] = await self.ask("ListPodSandbox")
        return found


def play(story: Story, **registry: Any) -> Lab:
    lab = Lab(**registry)

    async def inside() -> None:
        await story(lab)

    task = lab.asker.spawn(inside(), name="story")
    lab.kernel.run_for(600 * SECOND)
    assert task.done, "the story has not come to its end"
    if task.error is not None:
        raise task.error
    assert lab.kernel.faults.bugs == []
    return lab


def test_a_sandbox_has_an_address_of_its_own() -> None:
    async def story(lab: Lab) -> None:
        await lab.sandbox("a")
        await lab.sandbox("b")
        assert [s.ip for s in await lab.sandboxes()] == ["10.244.1.2", "10.244.1.3"]

    play(story)


def test_when_the_subnet_is_used_up_no_sandbox_can_be_made_until_one_is_given_back() -> None:
    async def story(lab: Lab) -> None:
        ids = [await lab.sandbox(f"p{number}") for number in range(5)]
        with pytest.raises(RpcFailure, match="no IP addresses available in range set: 10.244.1.1-10.244.1.6"):
            await lab.sandbox("too-many")
        await lab.ask("RemovePodSandbox", sandbox_id=ids[2])
        await lab.sandbox("again")
        assert (await lab.sandboxes())[-1].ip == "10.244.1.4"

    play(story)


def test_a_container_runs_as_long_as_its_program_and_tells_how_it_ended() -> None:
    async def story(lab: Lab) -> None:
        await lab.ask("PullImage", image="busybox")
        container_id = await lab.start(await lab.sandbox(), "sh", "-c", "sleep 3; exit 5")
        assert (await lab.status(container_id)).state == RUNNING
        await sleep(4 * SECOND)
        ended = await lab.status(container_id)
        assert (ended.state, ended.exit_code, ended.reason) == (EXITED, 5, "Error")
        assert ended.finished_ns - ended.started_ns == pytest.approx(3 * SECOND, abs=SECOND // 100)

    play(story)


def test_stopping_waits_for_the_grace_of_a_program_that_ignores_sigterm() -> None:
    async def story(lab: Lab) -> None:
        await lab.ask("PullImage", image="busybox")
        container_id = await lab.start(await lab.sandbox(), "sleep", "3600")
        begin_ns = lab.kernel.now_ns
        await lab.ask("StopContainer", container_id=container_id, timeout_s=10)
        assert lab.kernel.now_ns - begin_ns == pytest.approx(10 * SECOND, abs=SECOND // 10)
        assert (await lab.status(container_id)).exit_code == 137

    play(story)


def test_a_server_ends_soon_after_sigterm() -> None:
    async def story(lab: Lab) -> None:
        await lab.ask("PullImage", image="nginx")
        container_id = await lab.start(await lab.sandbox(), image="nginx")
        begin_ns = lab.kernel.now_ns
        await lab.ask("StopContainer", container_id=container_id, timeout_s=30)
        assert lab.kernel.now_ns - begin_ns < SECOND
        assert (await lab.status(container_id)).exit_code == 0

    play(story)


def test_a_program_that_is_not_there_is_a_start_error() -> None:
    async def story(lab: Lab) -> None:
        await lab.ask("PullImage", image="busybox")
        with pytest.raises(RpcFailure, match='exec: "shop": executable file not found'):
            await lab.start(await lab.sandbox(), "shop")

    play(story)


def test_a_pull_takes_as_long_as_its_size_needs_and_the_image_stays() -> None:
    async def story(lab: Lab) -> None:
        begin_ns = lab.kernel.now_ns
        await lab.ask("PullImage", image="nginx")
        assert lab.kernel.now_ns - begin_ns == pytest.approx(8 * SECOND, rel=0.15)
        assert (await lab.ask("ImageStatus", image="nginx")).size_bytes == 80 * MIB
        assert await lab.ask("ImageStatus", image="busybox") is None

    play(story, client_bytes_per_s=10 * MIB)


def test_concurrent_pulls_share_the_line() -> None:
    async def story(lab: Lab) -> None:
        begin_ns = lab.kernel.now_ns
        async with lab.asker.task_group() as group:
            group.spawn(lab.ask("PullImage", image="nginx:1.26"), name="one")
            group.spawn(lab.ask("PullImage", image="nginx:1.27"), name="other")
        assert lab.kernel.now_ns - begin_ns == pytest.approx(16 * SECOND, rel=0.15)

    play(story, client_bytes_per_s=10 * MIB)


def test_an_image_that_nobody_has_is_not_found() -> None:
    async def story(lab: Lab) -> None:
        with pytest.raises(RpcFailure) as raised:
            await lab.ask("PullImage", image="example.com/shop:v1")
        assert raised.value.code == "NotFound"
        assert raised.value.message == (
            'failed to pull and unpack image "example.com/shop:v1": failed to resolve reference '
            '"example.com/shop:v1": example.com/shop:v1: not found'
        )

    play(story)


def test_a_registry_out_of_reach_fails_the_pull() -> None:
    async def story(lab: Lab) -> None:
        lab.kernel.network.cut("worker-1", "registry")
        with pytest.raises(RpcFailure, match="failed to do request"):
            await lab.ask("PullImage", image="nginx")

    play(story)


def test_containers_live_on_when_the_runtime_crashes() -> None:
    async def story(lab: Lab) -> None:
        await lab.ask("PullImage", image="busybox")
        sandbox_id = await lab.sandbox()
        short = await lab.start(sandbox_id, "sleep", "5", name="short")
        long = await lab.start(sandbox_id, "sleep", "3600", name="long")
        lab.kernel.faults.apply("crash-process", component="worker-1/containerd")
        await sleep(20 * SECOND)
        lab.kernel.faults.apply("restart-process", component="worker-1/containerd")
        await sleep(SECOND)
        assert (await lab.status(long)).state == RUNNING
        ended = await lab.status(short)
        assert (ended.state, ended.exit_code) == (EXITED, 0)
        assert ended.finished_ns - ended.started_ns == pytest.approx(5 * SECOND, abs=SECOND // 100)

    play(story)


def test_a_power_cut_ends_every_container_and_keeps_the_images() -> None:
    lab = play(_two_containers)
    lab.kernel.faults.apply("crash-host", host="worker-1")
    lab.kernel.run_for(10 * SECOND)
    lab.kernel.faults.apply("restart-host", host="worker-1")
    lab.kernel.run_for(SECOND)
    lab.channel = lab.asker.dial(address("worker-1"), protocol="cri")

    async def look(again: Lab) -> None:
        containers = await again.ask("ListContainers")
        assert [(c.state, c.exit_code, c.reason) for c in containers] == [(EXITED, 255, "Unknown")]
        assert [s.state for s in await again.sandboxes()] == [SANDBOX_NOTREADY]
        assert await again.ask("ImageStatus", image="busybox") is not None

    task = lab.asker.spawn(look(lab), name="look")
    lab.kernel.run_for(10 * SECOND)
    assert task.done
    if task.error is not None:
        raise task.error


async def _two_containers(lab: Lab) -> None:
    await lab.ask("PullImage", image="busybox")
    await lab.start(await lab.sandbox(), "sleep", "3600")


def test_whoever_watches_hears_of_every_change_with_the_whole_pod() -> None:
    heard: list[tuple[str, int, int]] = []

    async def story(lab: Lab) -> None:
        stream = await lab.channel.stream("GetContainerEvents", {})

        async def listen() -> None:
            while True:
                event = await stream.next()
                heard.append((event.type, len(event.sandboxes), len(event.containers)))

        lab.asker.spawn(listen(), name="listen")
        await lab.ask("PullImage", image="busybox")
        await lab.start(await lab.sandbox(), "sleep", "1")
        await sleep(3 * SECOND)

    play(story)
    assert heard == [
        ("CONTAINER_STARTED_EVENT", 1, 0),
        ("CONTAINER_CREATED_EVENT", 1, 1),
        ("CONTAINER_STARTED_EVENT", 1, 1),
        ("CONTAINER_STOPPED_EVENT", 1, 1),
    ]
