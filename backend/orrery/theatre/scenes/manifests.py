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


def pod(name: str, *, image: str = "nginx:1.27", app: str = "", **spec: Any) -> dict[str, Any]:
    """A Pod of one container, labelled app=name unless another is given. `spec`: further fields of its spec;
    `container`: further fields of its container."""
    container = {"name": name, "image": image, **spec.pop("container", {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": app or name}},
        "spec": {"containers": [container], **spec},
    }


def service(name: str, *, port: int = 80, **spec: Any) -> dict[str, Any]:
    """A Service in front of the Pods labelled app=name."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"selector": {"app": name}, "ports": [{"port": port, "targetPort": 80}], **spec},
    }


def config_map(name: str, *, namespace: str = "default", **data: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": data,
    }


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
