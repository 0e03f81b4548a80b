"""The client's tests use the API server's lab: a real API server on a real etcd."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "apiserver"))
