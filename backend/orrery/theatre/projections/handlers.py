"""What a projection offers: a handler for each type of trace event that it looks at."""

from collections.abc import Callable
from typing import Any

from orrery.kernel import TraceEvent

Handlers = dict[type[TraceEvent], Callable[[Any], None]]
