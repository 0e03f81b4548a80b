"""The kubeconfig that kubeadm leaves behind for people (``admin.conf``): here on the client's disk.

Nothing is encrypted in the simulation, so that a certificate is no more than its subject, and its key nothing.
"""

from __future__ import annotations

import base64

from orrery.cluster.config import ClusterConfig

KUBECONFIG_PATH = "/root/.kube/config"
_SUBJECT = "O=kubeadm:cluster-admins, CN=kubernetes-admin"
_TEXT = """apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: {authority}
    server: https://{host}:{port}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: {certificate}
    client-key-data: {key}
"""


def kubeconfig(config: ClusterConfig) -> bytes:
    """The file's content."""
    encoded = {
        name: base64.b64encode(text.encode()).decode()
        for name, text in (("authority", "CN=kubernetes"), ("certificate", _SUBJECT), ("key", "none"))
    }
    return _TEXT.format(host=config.endpoint.host, port=config.endpoint.port, **encoded).encode()
