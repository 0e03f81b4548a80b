"""ServiceAccount: a Pod runs under a service account that exists; under ``default`` if it names none.

A namespace that is new has no account yet: its controller is given a second to make one, as Kubernetes does
(``plugin/pkg/admission/serviceaccount``). Tokens are not mounted.
"""

from __future__ import annotations

from orrery.apiserver.admission.plugin import CREATE, Plugin, Write
from orrery.kernel import MILLISECOND, sleep
from orrery.machinery.defaults import add_default_service_account
from orrery.machinery.objects import annotations_of, dig, name_of
from orrery.machinery.resources import PODS, SERVICEACCOUNTS
from orrery.machinery.wire import StatusError

DEFAULT = "default"
MIRROR = "kubernetes.io/config.mirror"
_LOOKUPS = 10
_LOOKUP_PAUSE_NS = 100 * MILLISECOND


async def _admit(write: Write) -> None:
    if MIRROR in annotations_of(write.obj):
        return
    write.new = add_default_service_account(write.obj)
    account = str(dig(write.obj, "spec", "serviceAccountName"))
    namespace = write.exchange.info.namespace
    if not await _exists(write, namespace, account):
        why = f'error looking up service account {namespace}/{account}: serviceaccount "{account}" not found'
        raise StatusError.forbidden(PODS, name_of(write.obj), why)


async def _exists(write: Write, namespace: str, account: str) -> bool:
    server = write.exchange.server
    if server.cacher.find(SERVICEACCOUNTS, namespace, account) is not None:
        return True
    for lookups_left in range(_LOOKUPS if account == DEFAULT else 1, 0, -1):
        if await server.storage.get(SERVICEACCOUNTS, namespace, account) is not None:
            return True
        if lookups_left > 1:
            await sleep(_LOOKUP_PAUSE_NS + server.process.random.below(_LOOKUP_PAUSE_NS))
    return False


PLUGIN = Plugin("ServiceAccount", lambda operation, what: (operation, what) == (CREATE, "pods"), admit=_admit)
