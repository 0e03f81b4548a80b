"""The browser's types are made from the models of the records, and are not left behind."""

import hashlib
import json
import re
from pathlib import Path

from orrery.theatre.schema import schema

TYPES = Path(__file__).parents[2] / "frontend/src/generated/records.ts"


def test_generated_types_are_those_of_the_models() -> None:
    text = json.dumps(schema(), indent=1, sort_keys=True)
    made_from = re.search(r"schema sha256 ([0-9a-f]{64})", TYPES.read_text(encoding="utf-8"))
    assert made_from, "run `make types`"
    assert made_from[1] == hashlib.sha256(text.encode()).hexdigest(), "the records have changed: run `make types`"
