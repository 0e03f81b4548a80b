"""ServiceAccount: a Pod that names no service account runs under ``default``."""

from __future__ import annotations

from orrery.apiserver.admission.plugin import CREATE, Plugin, Write
from orrery.machinery.defaults import add_default_service_account


async def _admit(write: Write) -> None:
    write.new = add_default_service_account(write.obj)


PLUGIN = Plugin("ServiceAccount", lambda operation, what: (operation, what) == (CREATE, "pods"), admit=_admit)
