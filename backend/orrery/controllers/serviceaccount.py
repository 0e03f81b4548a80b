"""Gives every namespace its ServiceAccount "default"."""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached
from orrery.machinery.objects import is_deleting, namespace_of
from orrery.machinery.resources import NAMESPACES, SERVICEACCOUNTS

ACCOUNT = "default"


class ServiceAccountController(Controller):
    """Keys are namespaces."""

    name = "serviceaccount"
    workers = 1

    def start(self) -> None:
        self._namespaces = self.informers.of(NAMESPACES)
        self._accounts = self.informers.of(SERVICEACCOUNTS)
        self._namespaces.add_handlers(self.enqueue, lambda _, new: self.enqueue(new))
        self._accounts.add_handlers(on_delete=self._account_deleted)

    def _account_deleted(self, account: dict[str, Any]) -> None:
        self.queue.add(namespace_of(account))

    async def sync(self, key: str) -> None:
        namespace = cached(self._namespaces.cache, key)
        if namespace is None or is_deleting(namespace) or self._accounts.cache.get(key, ACCOUNT) is not None:
            return
        await self.api.create(SERVICEACCOUNTS, {
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT, "namespace": key},
        })
        self.acted(
            key, observed="no default ServiceAccount", difference="one is missing", actions=["created default"]
        )
