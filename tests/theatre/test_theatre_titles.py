"""Every kind of trace event has a title, and every event that a busy run brings forth can be titled and explained."""

import importlib
import pkgutil

import orrery
from orrery.cluster import default_config
from orrery.kernel import MessageReceived, MessageSent, TraceEvent
from orrery.theatre.production import Production
from orrery.theatre.recorder import Recorder
from orrery.theatre.scenes import SCENES, run_headless
from orrery.theatre.titles import TITLES, title


def kinds(of: type[TraceEvent] = TraceEvent) -> list[type[TraceEvent]]:
    for module in pkgutil.walk_packages(orrery.__path__, "orrery."):
        if module.name.endswith(".events"):
            importlib.import_module(module.name)
    return [kind for kind in of.__subclasses__() if kind.__module__.startswith("orrery.")]


def test_every_kind_of_event_has_a_title_of_its_own() -> None:
    untitled = [k.__name__ for k in kinds() if k not in TITLES and k not in (MessageSent, MessageReceived)]
    assert untitled == []


def test_every_event_of_a_busy_run_can_be_titled_and_explained() -> None:
    world = Production(7, default_config())
    recorder = Recorder(world.kernel)
    seen: dict[type[TraceEvent], str] = {}

    def look(event: TraceEvent) -> None:
        if not isinstance(event, MessageReceived | MessageSent):
            seen[type(event)] = title(event)

    world.kernel.trace.subscribe(look)
    run_headless(SCENES["worker-crash"], world)
    assert len(seen) > 15 and all(text and len(text) <= 160 for text in seen.values())
    numbers = [event.id for event in recorder.forwards(0, quiet=True)][::50]
    for number in numbers:
        told = recorder.explain(number)
        assert told is not None and told.title and told.event == number
