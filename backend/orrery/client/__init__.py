"""What every component of the cluster talks to the API server through.

api         typed verbs over one connection
informer    a local copy of one kind, kept up to date by list and watch
workqueue   keys to work on, each by one worker at a time, with back-off
election    one leader among several candidates, by a Lease
recorder    events about objects, for people; `correlator`: which are counted, combined or dropped

Rules: nothing here knows a particular kind, but for Lease, Event and the Pod's two special verbs. Causes are carried:
from a watch event to the handler, from the handler through the queue to the worker. Background work has no cause.
"""

from orrery.client.api import ApiClient, ApiWatch, Document, failure
from orrery.client.election import LeaderElector
from orrery.client.events import CacheSynced, LeadershipChanged
from orrery.client.informer import Cache, Informer, field_of
from orrery.client.recorder import EventRecorder, reference_to
from orrery.client.workqueue import WorkQueue

__all__ = [
    "ApiClient", "ApiWatch", "Cache", "CacheSynced", "Document", "EventRecorder", "Informer", "LeaderElector",
    "LeadershipChanged", "WorkQueue", "failure", "field_of", "reference_to",
]
