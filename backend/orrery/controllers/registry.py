"""Every controller that the manager runs: one file and one line each, in the order in which they start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orrery.client import ApiClient
from orrery.controllers.controller import Controller, Informers
from orrery.kernel import Process

if TYPE_CHECKING:
    from orrery.controllers.manager import ControllerManagerConfig

Make = Callable[[Process, ApiClient, Informers, "ControllerManagerConfig"], Controller]

CONTROLLERS: tuple[Make, ...] = ()
