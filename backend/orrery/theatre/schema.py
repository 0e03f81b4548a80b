"""Prints the JSON schema of everything that goes to and from the browser: `python -m orrery.theatre.schema`.

The frontend's types are made from it (`make types`), so that both sides have one source.
"""

import json
import sys
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from orrery.theatre import records


def schema() -> dict[str, Any]:
    """One document whose $defs are all models."""
    models = [
        value for value in vars(records).values()
        if isinstance(value, type) and issubclass(value, records.Model) and value is not records.Model
    ]
    _, document = models_json_schema([(model, "serialization") for model in models], title="Records")
    frame = TypeAdapter(records.ServerFrame).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    document["$defs"].update({k: v for k, v in frame.pop("$defs", {}).items() if k not in document["$defs"]})
    document["$defs"]["ServerFrame"] = frame
    return document


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, indent=1, sort_keys=True)
