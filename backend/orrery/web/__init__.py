"""The web: the page, its websocket and its small HTTP API on one port; the Kubernetes API on another, over TLS.

app       the FastAPI application: pages, /api, /ws
hall      the runs that the server keeps, one a branch
viewers   one websocket a viewer, with a bound on what waits for it
gateway   real Kubernetes clients in, requests of the simulation out
pki       the authority, certificates and credentials of the gateway
server    both on one event loop, beside the room

Rules: nothing is simulated here. What changes something checks its Origin; whoever listens beyond this machine was
told to.
"""
