"""Taking one Kubernetes version's published schemas out of the ``kubernetes-validate`` package.

That package holds the schemas of every version and is only a build requirement: the build hook calls
``extract(target_dir)``, having loaded this file alone (hence the standard library and nothing else), and ships the
one file that results. A checkout that was never built reads the schemas from the installed package directly.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from typing import Any

KUBERNETES_VERSION = "1.37.0"
DATA_DIR = Path(__file__).parent / "data"
REF_PREFIX = "#/components/schemas/"
_SOURCE_REF_PREFIX = "#/$defs/"


def data_file(directory: Path = DATA_DIR) -> Path:
    """Where the extracted schemas live."""
    return directory / f"definitions-{KUBERNETES_VERSION}.json.gz"


def extract(target_dir: Path | str = DATA_DIR) -> Path:
    """Write the schemas into ``target_dir``, byte for byte the same every time; gives back the file's path."""
    path = data_file(Path(target_dir))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(read_installed(), separators=(",", ":"), ensure_ascii=False)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return path


def read_installed() -> dict[str, Any]:
    """The schemas of the installed package, by definition name, in the form that OpenAPI v3 has them."""
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            f"the Kubernetes schemas are missing: neither {data_file()} nor the package kubernetes-validate is there"
        )
    folder = Path(spec.origin).parent / "kubernetes-json-schema" / f"v{KUBERNETES_VERSION}-local"
    source = json.loads((folder / "_definitions.json").read_bytes())
    return {name: _normalize(schema) for name, schema in sorted(source["$defs"].items())}


def _normalize(schema: Any) -> Any:
    """The schema without the package's own additions: nullable types, and references into its own file."""
    if isinstance(schema, list):
        return [_normalize(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "$ref":
            result[key] = REF_PREFIX + value.removeprefix(_SOURCE_REF_PREFIX)
        elif key == "type" and isinstance(value, list):
            kinds = [kind for kind in value if kind != "null"]
            result[key] = kinds[0] if len(kinds) == 1 else kinds
        elif key == "properties":
            result[key] = {name: _normalize(item) for name, item in value.items()}
        else:
            result[key] = _normalize(value)
    return result
