"""The kubeconfig of the gateway."""

import base64

import yaml

from orrery.web.pki import Credentials


def kubeconfig(server: str, credentials: Credentials) -> str:
    """The file's text: one cluster, one user, one context, all named orrery. `server` is the API's https address."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "orrery",
            "cluster": {
                "server": server,
                "certificate-authority-data": base64.b64encode(credentials.ca_pem).decode(),
            },
        }],
        "users": [{"name": "orrery", "user": {"token": credentials.token}}],
        "contexts": [{"name": "orrery", "context": {"cluster": "orrery", "user": "orrery"}}],
        "current-context": "orrery",
    }
    return yaml.safe_dump(document, sort_keys=False)
