"""A script: what people do during a run, and when, as a YAML list of steps.

    - at: 10s
      apply: web.yaml            # a file beside the script, or the objects themselves
    - at: 30s
      fault: crash-process       # a fault by its name, with its arguments beside it
      component: cp-1/etcd
    - at: 1m
      scale: {namespace: default, name: web, replicas: 5}
    - at: 2m
      delete: {resource: deployments, namespace: default, name: web}

Times are virtual, from the beginning of the run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orrery.kernel import FAULTS
from orrery.kernel.units import parse_span_ns
from orrery.machinery.yaml import parse_yaml
from orrery.theatre.acts import Acts

VERBS = ("apply", "fault", "scale", "delete")
NEEDED = {"scale": ("namespace", "name", "replicas"), "delete": ("resource", "namespace", "name")}


class ScriptError(ValueError):
    """What is wrong with a script, in one sentence that names the step."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One step: its virtual time, and what to do then."""

    at_ns: int
    act: Callable[[Acts], object]


def read_script(path: Path) -> list[Cue]:
    """The steps of a script in the order of their times. Raises ScriptError, or OSError for a file that cannot be
    read."""
    try:
        documents = parse_yaml(path.read_text())
    except ValueError as error:
        raise ScriptError(str(error)) from None
    steps = documents[0] if documents else []
    if not isinstance(steps, list):
        raise ScriptError("a script is a list of steps, each with 'at' and one of " + ", ".join(VERBS))
    cues = [_cue(step, f"step {number}", path.parent) for number, step in enumerate(steps, start=1)]
    return sorted(cues, key=lambda cue: cue.at_ns)


def _cue(step: object, place: str, folder: Path) -> Cue:
    if not isinstance(step, dict):
        raise ScriptError(f"{place} is not an object with 'at' and one of {', '.join(VERBS)}")
    verbs = [verb for verb in VERBS if verb in step]
    if len(verbs) != 1:
        raise ScriptError(f"{place} needs exactly one of {', '.join(VERBS)}")
    verb = verbs[0]
    at_ns = _span_ns(step.get("at"), place)
    arguments = {key: value for key, value in step.items() if key not in ("at", verb)}
    if verb == "fault":
        return Cue(at_ns, _fault(step[verb], arguments, place))
    if arguments:
        raise ScriptError(f"{place} has an unknown field {next(iter(arguments))!r}")
    if verb == "apply":
        return Cue(at_ns, _apply(step[verb], place, folder))
    return Cue(at_ns, _named(verb, step[verb], place))


def _fault(name: object, arguments: Mapping[str, Any], place: str) -> Callable[[Acts], object]:
    if name not in FAULTS:
        raise ScriptError(f"{place}: unknown fault {name!r}: it is one of {', '.join(FAULTS)}")
    return lambda acts: acts.fault(str(name), **arguments)


def _apply(what: object, place: str, folder: Path) -> Callable[[Acts], object]:
    if isinstance(what, str):
        try:
            loaded = parse_yaml((folder / what).read_text())
        except OSError as error:
            raise ScriptError(f"{place}: {what} cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise ScriptError(f"{place}: {what}: {error}") from None
    else:
        loaded = what if isinstance(what, list) else [what]
    if not loaded or not all(isinstance(document, dict) for document in loaded):
        raise ScriptError(f"{place}: apply wants a file's name or objects")
    documents: list[dict[str, Any]] = loaded
    return lambda acts: acts.apply(documents)


def _named(verb: str, what: object, place: str) -> Callable[[Acts], object]:
    needed = NEEDED[verb]
    if not isinstance(what, dict) or sorted(what) != sorted(needed):
        raise ScriptError(f"{place}: {verb} wants {', '.join(needed)}")
    arguments: dict[str, Any] = what
    return lambda acts: getattr(acts, verb)(**arguments)


def _span_ns(value: object, place: str) -> int:
    span_ns = parse_span_ns(value) if isinstance(value, str) else None
    if span_ns is None:
        raise ScriptError(f"{place}: 'at' is a time such as 500ms, 10s or 1h30m, not {value!r}")
    return span_ns
