"""What all tests share: Hypothesis draws the same examples every time, and prints how to replay a failure."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent / "support"))

from live_server import LiveServer

settings.register_profile(
    "orrery",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("orrery")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of the module's own, started as a person starts it."""
    live = LiveServer(tmp_path_factory.mktemp("server"))
    yield live
    live.close()
