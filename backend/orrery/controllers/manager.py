"""kube-controller-manager: several stand for election; the leader runs all controllers."""

from __future__ import annotations

from orrery.client import ApiClient, LeaderElector
from orrery.controllers.config import ControllerManagerConfig
from orrery.controllers.controller import Informers
from orrery.controllers.registry import CONTROLLERS
from orrery.kernel import NO_CAUSE, Process


class ControllerManager:
    """One kube-controller-manager. `run` is the main coroutine of its process and returns when its lease is lost: as
    the real one exits, for whatever it believed may be out of date."""

    def __init__(self, process: Process, api: ApiClient, config: ControllerManagerConfig | None = None) -> None:
        self._process = process
        self._api = api
        self.config = config or ControllerManagerConfig()

    async def run(self) -> None:
        elector = LeaderElector(
            self._api, self.config.lease_namespace, self.config.lease_name, on_started_leading=self._lead
        )
        await elector.run()
        self._process.log("leaderelection lost", level="error")

    def _lead(self) -> None:
        self._process.kernel.cause = NO_CAUSE
        self._process.spawn(self._start(), name="controllers")

    async def _start(self) -> None:
        informers = Informers(self._api)
        controllers = [kind(self._process, self._api, informers, self.config) for kind in CONTROLLERS]
        for controller in controllers:
            controller.start()
        await informers.start()
        for controller in controllers:
            self._process.log(f'Started controller controller="{controller.name}-controller"')
            controller.run()
