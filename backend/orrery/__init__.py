"""Orrery: a Kubernetes cluster as clockwork.

Every component of a cluster runs as its real algorithm, in virtual time, on simulated machines joined by a simulated
network. People watch it, slow it, stop it and break it in a browser, and real clients drive it.

The packages are layers, and each imports only what stands below it:

    cli, web                      the process: commands, pages, websocket, the Kubernetes gateway
    theatre                       what the audience sees: pace, recording, records for the browser, scenes, the atlas
    cluster                       a configuration in, a standing cluster out
    scheduler, controllers, node  siblings that meet only in the API server
    apiserver                     authentication, authorization, admission, storage, watch cache
    client                        informers, work queues, leader election
    etcd                          revisions, leases, watches, members
    machinery                     Kubernetes' own grammar: objects, schemas, selectors, patches, printing
    raft                          consensus as a pure state machine
    kernel                        virtual time, randomness, hosts, disks, network, faults, trace

Below `theatre` nothing knows wall time, threads, sockets or chance of its own: a run is a function of its seed, its
configuration and what people did. ARCHITECTURE.md tells the rest.
"""

__version__ = "0.1.0"
