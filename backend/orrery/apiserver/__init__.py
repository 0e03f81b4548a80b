"""kube-apiserver: the one place where the cluster's state is read and written.

    chain.py           the way of every request, in order, on one screen: begin here
    requests.py        what is asked for                authentication.py  who asks
    authorization.py   may they (Node authorizer, RBAC's bootstrap policy)
    admission/         what changes or refuses a write; one file a plugin, one line in its registry
    reading.py         get, list                        watching.py        watch
    writing.py         create, update, patch            deletion.py        delete, deletecollection
    applying.py        server-side apply
    revising.py        changing a stored object without losing a write
    kinds/             what is particular to each kind; one file a kind, one line in its registry
    paths.py           health, version, discovery, OpenAPI, metrics
    documents.py, selection.py, rendering.py    a request's body, its selectors, the form of its answer
    storage.py         objects as keys in etcd          cacher.py          the watch cache
    audit.py           counts, trace, audit log         events.py          what is traced
    bootstrap.py       the system's namespaces and the Service "kubernetes"
    upkeep.py          bookmarks, compaction, expiry    server.py          the process

A request arrives as a remote call at port 6443: kind "METHOD /path", body an ``ApiRequest``; the answer is an
``ApiResponse``. A watch arrives as a stream: first the ``ApiResponse``, then events as ``{"type", "object"}``.

Rules
- Nothing is kept that etcd does not have: any server may crash, or answer any request.
- Every write is a transaction on the revision that it was worked out on. Nobody's write is lost.
- Objects are plain documents and are never changed once stored or sent: a write makes a new one.
- Failures are Status documents in Kubernetes' own words. An exception that is none is a bug and ends the process.
- The cause of a write flows through etcd and the watch cache to the watchers.

What may not be here: knowledge of who the clients are (but for the bootstrap policy), of scheduling, of controllers.
"""

from orrery.apiserver.config import ApiServerConfig
from orrery.apiserver.events import RequestAudited, RequestAuthorized, Verdict
from orrery.apiserver.server import ApiServer

__all__ = ["ApiServer", "ApiServerConfig", "RequestAudited", "RequestAuthorized", "Verdict"]
