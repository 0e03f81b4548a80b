"""A run as a document: seed, configuration, epoch and inputs, which are all that it depends on, and the digest of the
trace that they gave. Opened elsewhere it gives the same digest.

As a file it is JSON. As a link it is the same, compressed and in the letters that an address may have.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any, Literal

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from orrery import __version__
from orrery.cluster import ClusterConfig, default_config
from orrery.kernel import Input, Kernel
from orrery.theatre.records import Model

LINK_MOST = 24_000  # characters: what browsers, mail and chat let through
TEXT_MOST = 64 << 20  # bytes of a document, once it is inflated

_CONFIG: TypeAdapter[ClusterConfig] = TypeAdapter(ClusterConfig)


class RunError(ValueError):
    """What is wrong with a run's link or file, in one sentence."""


class InputDocument(Model):
    steps: int = Field(ge=0)
    time_ns: int = Field(ge=0)
    kind: str
    payload: Any


class RunDocument(Model):
    """A run up to the instant `until_ns` and, within it, the step `until_steps`."""

    orrery: Literal["run/1"] = "run/1"
    version: str = __version__
    name: str = ""
    seed: int = Field(ge=0, lt=2**53)
    epoch_s: int
    config: Mapping[str, Any] | None = None  # None: the default cluster
    inputs: tuple[InputDocument, ...] = ()
    until_ns: int = Field(ge=0)
    until_steps: int = Field(ge=0)
    digest: str = ""

    def cluster(self) -> ClusterConfig:
        """Raises RunError."""
        if self.config is None:
            return default_config()
        try:
            return _CONFIG.validate_python(self.config)
        except ValidationError as error:
            raise RunError(f"config: {_first(error)}") from None

    def taken(self) -> list[Input]:
        """The inputs as the inbox takes them."""
        return [
            Input(number, item.steps, item.time_ns, item.kind, item.payload)
            for number, item in enumerate(self.inputs, start=1)
        ]


def document_of(kernel: Kernel, config: ClusterConfig, name: str = "") -> RunDocument:
    """The run of a kernel so far. Raises RunError if more was done in it than is kept."""
    inbox = kernel.inbox
    if not inbox.complete:
        raise RunError(f"more was done in this run than is kept ({len(inbox.inputs):,} inputs): it cannot be repeated")
    return RunDocument(
        name=name, seed=kernel.seed, epoch_s=kernel.epoch_s,
        config=None if config == default_config() else _CONFIG.dump_python(config, mode="json"),
        inputs=tuple(
            InputDocument(steps=i.steps, time_ns=i.time_ns, kind=i.kind, payload=i.payload) for i in inbox.inputs
        ),
        until_ns=kernel.now_ns, until_steps=kernel.steps, digest=kernel.trace.digest(),
    )


def to_text(document: RunDocument) -> str:
    """As it stands in a file."""
    return orjson.dumps(document.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode() + "\n"


def to_code(document: RunDocument) -> str:
    """As it stands in a link."""
    packed = zlib.compress(orjson.dumps(document.model_dump(mode="json")), 9)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_run(text: str) -> RunDocument:
    """A run from its file or from its link's code. Raises RunError."""
    text = text.strip()
    data = text.encode() if text.startswith("{") else _inflated(text)
    try:
        loaded = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise RunError(f"this is not the file of a run: line {error.lineno}: {error.msg}") from None
    try:
        return RunDocument.model_validate(loaded)
    except ValidationError as error:
        raise RunError(f"this is not the file of a run: {_first(error)}") from None


def _inflated(code: str) -> bytes:
    try:
        packed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        inflater = zlib.decompressobj()
        data = inflater.decompress(packed, TEXT_MOST)
    except (binascii.Error, ValueError, zlib.error):
        raise RunError("this is not the link of a run: it may have been cut short") from None
    if not inflater.eof:
        raise RunError("this is not the link of a run: it may have been cut short, or is too large")
    return data


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])
