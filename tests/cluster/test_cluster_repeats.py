"""A run is its seed, its configuration and its inputs: nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cluster_lab import deployment

from orrery.client import ApiClient
from orrery.cluster import build, default_config
from orrery.kernel import SECOND, Input, Kernel
from orrery.machinery.resources import DEPLOYMENTS

BACKEND = Path(__file__).resolve().parents[2] / "backend"


def prepared(seed: int) -> Kernel:
    """A cluster that takes two kinds of input: a Deployment to create, and faults."""
    kernel = Kernel(seed)
    cluster = build(kernel, default_config())

    def create(payload: dict[str, object]) -> None:
        kernel.trace.start_flow(kind="request", title="create", subject="web")
        api = ApiClient(cluster.client, cluster.api_address, user="kubernetes-admin", groups=("system:masters",))
        cluster.client.spawn(api.create(DEPLOYMENTS, payload), name="create")

    kernel.inbox.handle("create", create)
    kernel.inbox.handle("fault", lambda payload: kernel.faults.apply(payload["name"], **payload["arguments"]))
    return kernel


def live(seed: int) -> tuple[Kernel, str]:
    kernel = prepared(seed)
    kernel.run_until(12 * SECOND)
    kernel.inbox.take("create", deployment())
    kernel.run_for(8 * SECOND)
    kernel.inbox.take("fault", {"name": "crash-process", "arguments": {"component": "cp-2/etcd"}})
    kernel.run_for(5 * SECOND + 123_456_789)
    kernel.inbox.take("fault", {"name": "crash-host", "arguments": {"host": "worker-1"}})
    kernel.run_until(90 * SECOND)
    assert kernel.faults.bugs == []
    return kernel, kernel.trace.digest()


def replayed(seed: int, inputs: list[Input]) -> str:
    kernel = prepared(seed)
    kernel.inbox.replay(inputs, until_ns=90 * SECOND)
    return kernel.trace.digest()


def test_a_replay_of_the_inputs_gives_the_same_trace() -> None:
    kernel, digest = live(5)
    inputs = [Input(**json.loads(json.dumps(as_json(item)))) for item in kernel.inbox.inputs]
    assert replayed(5, inputs) == digest


def test_another_seed_is_another_run() -> None:
    assert live(5)[1] != live(6)[1]


def test_the_hash_seed_of_python_has_no_say() -> None:
    digests = [_digest_in_another_process(hash_seed) for hash_seed in ("1", "4242")]
    assert digests[0] == digests[1] == live(5)[1]


def as_json(item: Input) -> dict[str, object]:
    return {name: getattr(item, name) for name in ("number", "steps", "time_ns", "kind", "payload")}


def _digest_in_another_process(hash_seed: str) -> str:
    code = "from test_cluster_repeats import live; print(live(5)[1])"
    path = os.pathsep.join([str(BACKEND), str(Path(__file__).parent)])
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()
