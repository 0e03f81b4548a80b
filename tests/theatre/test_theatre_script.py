"""Scripts: what people do during a headless run, and when."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orrery.kernel import MINUTE, SECOND
from orrery.theatre.script import ScriptError, read_script

ROOT = Path(__file__).parents[2]
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.27"}]}
"""
SCRIPT = """
- at: 1m
  scale: {namespace: default, name: web, replicas: 3}
- at: 10s
  apply: web.yaml
- at: 30s
  fault: crash-process
  component: cp-2/etcd
"""


def script(folder: Path, text: str) -> Path:
    path = folder / "script.yaml"
    path.write_text(text)
    (folder / "web.yaml").write_text(DEPLOYMENT)
    return path


def test_steps_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    assert [cue.at_ns for cue in read_script(script(tmp_path, SCRIPT))] == [10 * SECOND, 30 * SECOND, MINUTE]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("at: 1s", "a script is a list of steps"),
        ("- 5", "step 1 is not an object"),
        ("- at: 1s", "step 1 needs exactly one of apply, fault, scale, delete"),
        ("- at: 1s\n  fault: heal-all\n- fault: heal-all", "step 2: 'at' is a time such as 500ms"),
        ("- at: soon\n  fault: heal-all", "step 1: 'at' is a time .* not 'soon'"),
        ("- at: 1s\n  fault: explode", "step 1: unknown fault 'explode'"),
        ("- at: 1s\n  apply: nothing.yaml", "step 1: nothing.yaml cannot be read"),
        ("- at: 1s\n  apply: 5", "step 1: apply wants a file's name or objects"),
        ("- at: 1s\n  scale: {name: web}", "step 1: scale wants namespace, name, replicas"),
        ("- at: 1s\n  apply: web.yaml\n  twice: yes", "step 1 has an unknown field 'twice'"),
        ("- at: [", "line"),
    ],
)
def test_a_bad_script_is_refused_in_a_sentence_that_names_the_step(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ScriptError, match=sentence):
        read_script(script(tmp_path, text))


def run(*arguments: str, hash_seed: str = "0") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "orrery.cli", "run", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "backend"), "PYTHONHASHSEED": hash_seed}, capture_output=True,
        text=True, check=False,
    )


def test_a_headless_run_with_a_script_has_one_digest_anywhere_and_it_is_that_of_the_trace_file(tmp_path: Path) -> None:
    path, trace = script(tmp_path, SCRIPT), tmp_path / "run.jsonl"
    one = run("--seed", "5", "--for", "90s", "--script", str(path), "--trace", str(trace), hash_seed="1")
    two = run("--seed", "5", "--for", "90s", "--script", str(path), hash_seed="2")
    first, second = (json.loads(result.stdout.splitlines()[-1]) for result in (one, two))
    assert first["virtual_s"] == 90 and first["events"] > 10_000
    assert first["sha256"] == second["sha256"] == hashlib.sha256(trace.read_bytes()).hexdigest()
    lines = trace.read_text().splitlines()
    assert len(lines) == first["events"] and json.loads(lines[0])["id"] == 1
    assert any('"type":"InputTaken"' in line and '"scale"' in line for line in lines)
    other = json.loads(run("--seed", "6", "--for", "90s", "--script", str(path)).stdout)
    assert other["sha256"] != first["sha256"]


def test_a_fault_on_what_is_not_there_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    path = script(tmp_path, "- at: 1s\n  fault: crash-host\n  host: moon")
    result = run("--for", "5s", "--script", str(path))
    assert result.returncode == 2 and "there is no host 'moon'" in result.stderr and "Traceback" not in result.stderr
