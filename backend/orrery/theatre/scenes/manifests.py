"""Objects that scenes apply."""

from typing import Any


def deployment(name: str, *, replicas: int = 3, image: str = "nginx:1.27", cpu: str = "100m", memory: str = "128Mi"
               ) -> dict[str, Any]:
    """A Deployment of one container, labelled app=name."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "containers": [{
                        "name": name, "image": image,
                        "resources": {"requests": {"cpu": cpu, "memory": memory}},
                    }]
                },
            },
        },
    }
