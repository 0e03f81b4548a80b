"""Rules of the repository that no other tool holds."""

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "backend" / "orrery"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows; where there is no git, none."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_every_package_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path.relative_to(ROOT)} has no docstring"


def test_no_module_is_longer_than_can_be_read_at_a_sitting() -> None:
    lengths = {path.relative_to(ROOT): path.read_text().count("\n") for path in PACKAGE.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > 500} == {}


def test_lockfiles_hold_hashes_and_no_addresses() -> None:
    package_lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert [name for name, entry in package_lock["packages"].items() if "resolved" in entry] == []
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "://" not in text
        for requirement in re.split(r"\n(?=[a-z])", text.split("make lock\n")[1].strip()):
            assert "--hash=sha256:" in requirement


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_every_requirement_of_the_project_is_locked(lock: str) -> None:
    wanted = list(PROJECT["project"]["dependencies"])
    if lock == "dev":
        wanted += PROJECT["project"]["optional-dependencies"]["dev"]
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements" / f"{lock}.txt").read_text(), re.M))
    names = {match[0].lower() for line in wanted if (match := re.match(r"[A-Za-z0-9_.-]+", line))}
    assert names - locked == set()


def test_what_the_build_requires_is_at_hand_in_development_too() -> None:
    build = set(PROJECT["build-system"]["requires"])
    assert build <= set(PROJECT["project"]["optional-dependencies"]["dev"])


def test_what_is_generated_is_not_committed() -> None:
    assert tracked("static/build/*", "backend/orrery/machinery/data/*", "artifacts/*", "*/node_modules/*") == []
