"""A run is a function of its seed: nothing that Python does differently from process to process may show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCENARIO = """
from test_etcd_faults import storm
print(storm(2, 20)[0].kernel.trace.digest())
"""


def digest(hash_seed: str) -> str:
    path = os.pathsep.join([str(HERE), str(HERE.parents[1] / "backend")])
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", SCENARIO], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_a_storm_leaves_the_same_trace_whatever_the_hash_seed() -> None:
    first, second = digest("1"), digest("2")
    assert len(first) == 64
    assert first == second
