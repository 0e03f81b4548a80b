"""``kubectl wait``"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orrery.kernel import TimeoutExpired
from orrery.machinery.objects import conditions_of
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import manifests
from orrery.theatre.terminal.kubectl.errors import Several, error
from orrery.theatre.terminal.kubectl.finding import ALL, ALL_NAMESPACES, FIELD_SELECTOR, SELECTOR, Found, find
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.output.jsonpath import PathError, Template, relaxed
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]
Test = Callable[[Document | None], bool]

WEEK_NS = 7 * 24 * 3600 * 10**9


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    conditions = list(flags["for"])
    if not conditions:
        raise error("unrecognized condition: []")
    tests = [_test(text) for text in conditions]
    for_delete = conditions == ["delete"]
    errors: list[Exception] = []
    try:
        found, errors = await find(kubectl, fetch="create" not in conditions)
    except StatusError as problem:
        raise Several([problem]) from None
    if for_delete:
        errors = [problem for problem in errors if getattr(problem, "code", 0) != 404]
        if not found and not errors:
            return 0
    elif not found and not errors:
        raise error("no matching resources found")
    timeout_ns = flags["timeout"]
    end_ns = kubectl.process.now_ns + (WEEK_NS if timeout_ns < 0 else timeout_ns)
    for item in found:
        try:
            for test in tests:
                obj = await _until(kubectl, item, test, end_ns)
            printer = formats.printer(flags, allowed=formats.FOR_CHANGES)
            if printer is None:
                kubectl.line(f"{item.printed} condition met")
            else:
                kubectl.out(printer(obj or item.object))
        except TimeoutExpired:
            errors.append(error(f"timed out waiting for the condition on {item.resource.plural}/{item.name}"))
        except StatusError as problem:
            errors.append(problem)
    if errors:
        raise Several(errors)
    return 0


def _test(text: str) -> Test:
    """Whether an object (None: it is not there) is as ``--for`` wants it. Failure."""
    kind, _, rest = text.partition("=")
    if text.lower() == "delete":
        return lambda obj: obj is None
    if text.lower() == "create":
        return lambda obj: obj is not None
    if kind == "condition" and rest:
        name, equals, value = rest.partition("=")
        wanted = (value if equals else "true").lower()
        return lambda obj: obj is not None and any(
            str(one.get("type", "")).lower() == name.lower() and str(one.get("status", "")).lower() == wanted
            for one in conditions_of(obj)
        )
    if kind == "jsonpath" and rest:
        return _path_test(rest)
    raise error(f'unrecognized condition: "{text}"')


def _path_test(text: str) -> Test:
    path, brace, value = text.partition("}")
    value = value.removeprefix("=").strip("'\"") if value else ""
    has_value = text.endswith(value) and bool(value)
    try:
        template = Template(relaxed(path + brace) if not path.startswith("{") else path + brace)
    except PathError as problem:
        raise error(str(problem)) from None

    def test(obj: Document | None) -> bool:
        if obj is None:
            return False
        found = [one for values in template.results(obj) for one in values]
        if not has_value:
            return bool(found)
        return len(found) == 1 and template.render(obj) == value

    return test


async def _until(kubectl: Kubectl, item: Found, test: Test, end_ns: int) -> Document | None:
    """Waits; raises TimeoutExpired when time is up."""
    fields = f"metadata.name={item.name}"
    with kubectl.process.timeout(max(1, end_ns - kubectl.process.now_ns)):
        while True:
            pages = await kubectl.api.pages(item.resource, item.namespace, fields=fields)
            items = pages[0].get("items") or ()
            obj: Document | None = items[0] if items else None
            if test(obj):
                return obj
            query = {"fieldSelector": fields, "resourceVersion": str(pages[0]["metadata"]["resourceVersion"])}
            async with kubectl.api.watch(item.resource.path(item.namespace), query) as changes:
                async for change in changes:
                    if change.type == "BOOKMARK":
                        continue
                    obj = None if change.type == "DELETED" else change.object
                    if test(obj):
                        return obj
    return None


VERB = Verb(
    "wait", "Wait for a specific condition on one or many resources",
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|"
    "--for condition=available|--for=jsonpath='{}'[=value]]",
    run, completes="resource",
    flags=(
        *manifests.FILES, SELECTOR, FIELD_SELECTOR, ALL, ALL_NAMESPACES, formats.OUTPUT,
        Flag("for", (), "The condition to wait on.", "array"),
        Flag("timeout", 30 * 10**9, "The length of time to wait before giving up.", "duration"),
    ),
    examples="""
# Wait for the pod "busybox1" to contain the status condition of type "Ready"
kubectl wait --for=condition=Ready pod/busybox1

# Wait for the pod "busybox1" to be deleted, with a timeout of 60s
kubectl wait --for=delete pod/busybox1 --timeout=60s
""",
)
