"""DefaultTolerationSeconds: a Pod stays five minutes on a node that is not ready or cannot be reached."""

from __future__ import annotations

from orrery.apiserver.admission.plugin import CREATE, Plugin, Write
from orrery.machinery.defaults import add_default_tolerations


async def _admit(write: Write) -> None:
    write.new = add_default_tolerations(write.obj)


PLUGIN = Plugin("DefaultTolerationSeconds", lambda operation, what: (operation, what) == (CREATE, "pods"), admit=_admit)
