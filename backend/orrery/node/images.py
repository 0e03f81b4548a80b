"""Image references, and what the images are: size, default command, ports, how long they take to start and to stop.

A reference that nobody knows is either refused or gets a plausible image: its size is a function of its name. Names
that say of themselves that they do not exist never do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

MIB = 1 << 20

_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_ABSENT = re.compile(r"does-?not-?exist|no-?such|non-?existent|not-?found|missing|invalid|broken|wrong|typo")


class Reference(NamedTuple):
    """An image reference in full: ``docker.io/library/nginx:1.27``."""

    registry: str
    repository: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """Registry and repository."""
        return f"{self.registry}/{self.repository}"

    def __str__(self) -> str:
        return f"{self.name}@{self.digest}" if self.digest else f"{self.name}:{self.tag}"


def parse_reference(image: str) -> Reference:
    """The reference that a container's ``image`` stands for; ValueError, in the words of Docker's reference parser."""
    rest, _, digest = image.partition("@")
    path, _, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    repository = f"{path}/{last}" if path else last
    registry = "docker.io"
    first, slash, others = repository.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry, repository = first, others
    elif not slash:
        repository = f"library/{repository}"
    if repository != repository.lower():
        raise ValueError(f"invalid reference format: repository name ({repository}) must be lowercase")
    if not _REPOSITORY.fullmatch(repository) or (tag and not _TAG.fullmatch(tag)):
        raise ValueError("invalid reference format")
    return Reference(registry, repository, tag or "latest", digest)


@dataclass(frozen=True, slots=True)
class ImageProfile:
    """What one repository holds.

    ``entrypoint`` and ``cmd``: what it runs by default. ``server``: that runs until it is stopped; otherwise it is done
    at once. ``shell``: a general image, in which common commands can be run. ``ports``: where it answers once
    ``ready_ns`` have passed; ``paths``: what it answers over HTTP with 200 (none: everything). ``stop_ns``: from
    SIGTERM to its end. ``log``: what it writes as it starts.
    """

    name: str
    size_bytes: int
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    server: bool = True
    shell: bool = False
    ports: tuple[int, ...] = ()
    paths: tuple[str, ...] = ()
    ready_ns: int = 500_000_000
    stop_ns: int = 100_000_000
    stop_code: int = 0
    absent_tags: tuple[str, ...] = ()
    log: tuple[str, ...] = ()

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs of its own that can be run in it."""
        return tuple(words[0].rpartition("/")[2] for words in (self.entrypoint, self.cmd) if words)

    @classmethod
    def of(cls, document: dict[str, Any]) -> ImageProfile:
        """A profile as it comes back from JSON."""
        values: dict[str, Any] = {}
        for key, value in document.items():
            values[key] = tuple(value) if isinstance(value, list) else value
        return cls(**values)


def _server(name: str, mib: int, cmd: str, ports: tuple[int, ...], ready_ms: int, **more: Any) -> ImageProfile:
    return ImageProfile(
        name, mib * MIB, cmd=tuple(cmd.split()), ports=ports, ready_ns=ready_ms * 1_000_000, **more
    )  # fmt: skip


def _general(name: str, mib: int, cmd: str) -> ImageProfile:
    return ImageProfile(name, mib * MIB, cmd=(cmd,), server=False, shell=True, ready_ns=0)


PAUSE = "registry.k8s.io/pause:3.10.1"

CATALOGUE: tuple[ImageProfile, ...] = (
    ImageProfile("registry.k8s.io/pause", 320 * 1024, entrypoint=("/pause",), ready_ns=0),
    _server("docker.io/library/nginx", 72, "nginx -g daemon_off", (80,), 350, paths=("/", "/index.html"),
            absent_tags=("1.161",), log=(
                "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
                "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
                "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
                "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
                "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh",
                "/docker-entrypoint.sh: Configuration complete; ready for start up",
            )),
    _server("docker.io/library/httpd", 58, "httpd-foreground", (80,), 400, paths=("/", "/index.html")),
    _server("docker.io/library/redis", 45, "redis-server", (6379,), 300),
    _server("docker.io/library/memcached", 32, "memcached", (11211,), 150),
    _server("docker.io/library/postgres", 156, "postgres", (5432,), 3500, stop_ns=900_000_000),
    _server("docker.io/library/mysql", 237, "mysqld", (3306, 33060), 9000, stop_ns=1_800_000_000),
    _server("docker.io/library/mariadb", 122, "mariadbd", (3306,), 6000, stop_ns=1_200_000_000),
    _server("docker.io/library/mongo", 290, "mongod", (27017,), 3000, stop_ns=700_000_000),
    _server("docker.io/library/rabbitmq", 104, "rabbitmq-server", (5672, 15672), 9000, stop_ns=2_500_000_000),
    _server("docker.io/library/traefik", 55, "traefik", (80, 8080), 600),
    _server("docker.io/library/haproxy", 41, "haproxy", (80,), 200),
    _server("docker.io/library/wordpress", 240, "apache2-foreground", (80,), 1500),
    _server("docker.io/library/tomcat", 190, "catalina.sh run", (8080,), 4000, stop_ns=700_000_000),
    _server("docker.io/hashicorp/http-echo", 6, "http-echo", (5678,), 60),
    _server("docker.io/grafana/grafana", 170, "grafana", (3000,), 3000),
    _server("docker.io/prom/prometheus", 115, "prometheus", (9090,), 1200),
    _server("docker.io/nginxinc/nginx-unprivileged", 72, "nginx -g daemon_off", (8080,), 350),
    _server("gcr.io/google-samples/kubernetes-bootcamp", 75, "node server.js", (8080,), 700),
    _server("gcr.io/google-samples/hello-app", 12, "hello-app", (8080,), 100),
    _server("registry.k8s.io/echoserver", 45, "nginx", (8080,), 350),
    _server("registry.k8s.io/e2e-test-images/agnhost", 53, "agnhost pause", (80, 8080), 150),
    _server("registry.k8s.io/coredns/coredns", 19, "coredns", (53, 8080, 8181, 9153), 400, stop_ns=5_000_000_000),
    ImageProfile("docker.io/library/hello-world", 10 * 1024, cmd=("/hello",), server=False, ready_ns=0),
    _general("docker.io/library/busybox", 2, "sh"),
    _general("docker.io/library/alpine", 4, "sh"),
    _general("docker.io/library/debian", 49, "bash"),
    _general("docker.io/library/ubuntu", 30, "bash"),
    _general("docker.io/library/fedora", 80, "bash"),
    _general("docker.io/library/perl", 340, "perl"),
    _general("docker.io/library/python", 360, "python3"),
    _general("docker.io/library/node", 390, "node"),
    _general("docker.io/library/golang", 300, "bash"),
    _general("docker.io/curlimages/curl", 9, "curl"),
)  # fmt: skip


def exists(reference: Reference, catalogue: Sequence[ImageProfile] = CATALOGUE, *, unknown: bool = True) -> bool:
    """Whether a registry has this image. ``unknown``: whether it has those that are not in the catalogue."""
    if _ABSENT.search(reference.repository.lower()) or _ABSENT.search(reference.tag.lower()):
        return False
    known = find(reference, catalogue)
    return unknown if known is None else reference.tag not in known.absent_tags


def find(reference: Reference, catalogue: Sequence[ImageProfile] = CATALOGUE) -> ImageProfile | None:
    """What the catalogue says about the image; None if nothing."""
    for profile in catalogue:
        if profile.name == reference.name:
            return profile
    return None


def profile_of(reference: Reference, catalogue: Sequence[ImageProfile] = CATALOGUE) -> ImageProfile:
    """What the image is; an image that the catalogue does not know is a server of 20 to 220 MiB, by its name."""
    known = find(reference, catalogue)
    if known is not None:
        return known
    draw = int.from_bytes(hashlib.sha256(reference.name.encode()).digest()[:4], "big")
    name = reference.repository.rpartition("/")[2]
    return ImageProfile(
        reference.name, 20 * MIB + draw % (200 * MIB), cmd=(name,), ready_ns=(300 + draw % 1500) * 1_000_000
    )


def digest_of(reference: Reference) -> str:
    """The digest of the image's manifest: a function of its full reference."""
    return reference.digest or f"sha256:{hashlib.sha256(str(reference).encode()).hexdigest()}"


def layers_of(reference: Reference, size_bytes: int) -> tuple[tuple[str, int], ...]:
    """The image's layers as (digest, size): a base, what was installed, and the thing itself."""
    shares = (55, 35, 10) if size_bytes >= 8 * MIB else (100,)
    return tuple(
        (f"sha256:{hashlib.sha256(f'{reference.name}:{reference.tag}/{index}'.encode()).hexdigest()}",
         max(1, size_bytes * share // 100))
        for index, share in enumerate(shares)
    )  # fmt: skip
