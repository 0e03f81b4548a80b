"""How much code the first screen takes: what the page's shell names, and what that imports at once.

What is loaded when it is opened (views, terminal, editor, charts) does not count; nor do fonts, which nothing waits
for.
"""

import gzip
import json
from pathlib import Path
from typing import Any

LIMIT_KIB = 250.0


def first_screen_kib(build: Path) -> float:
    """KiB, gzipped. Raises OSError where there is no bundle."""
    return sum(len(gzip.compress((build / name).read_bytes(), 9)) for name in first_screen(build)) / 1024


def first_screen(build: Path) -> list[str]:
    """The files, as the bundle's manifest names them."""
    manifest: dict[str, dict[str, Any]] = json.loads((build / "manifest.json").read_text())
    found: dict[str, None] = {}

    def take(key: str) -> None:
        entry = manifest[key]
        if entry["file"] not in found:
            found[entry["file"]] = None
            found.update(dict.fromkeys(entry.get("css", ())))
            for imported in entry.get("imports", ()):
                take(imported)

    for key, entry in manifest.items():
        if entry.get("isEntry"):
            take(key)
    return list(found)
