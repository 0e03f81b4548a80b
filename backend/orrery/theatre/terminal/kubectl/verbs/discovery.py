"""``kubectl api-resources`` and ``api-versions``: both ask the server, not the cache."""

from __future__ import annotations

from typing import Any, NamedTuple

from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.tabwriter import table_writer
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


class Row(NamedTuple):
    """One resource as the server tells of it."""

    name: str
    short_names: list[str]
    group: str
    version: str
    namespaced: bool
    kind: str
    verbs: list[str]
    categories: list[str]

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


async def rows(kubectl: Kubectl) -> list[Row]:
    """Every resource that is served."""
    found: list[Row] = []
    for path in ("/api", "/apis"):
        answer = await kubectl.api.ask("GET", path, accept=AGGREGATED)
        for group in answer.get("items") or ():
            name = (group.get("metadata") or {}).get("name", "")
            for version in group["versions"]:
                found += [_row(name, version["version"], one) for one in version["resources"]]
    return found


def _row(group: str, version: str, one: Document) -> Row:
    return Row(
        one["resource"], list(one.get("shortNames") or ()), group, version, one["scope"] == "Namespaced",
        one["responseKind"]["kind"], list(one["verbs"]), list(one.get("categories") or ()),
    )


async def api_resources(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if flags["output"] not in ("", "wide", "name"):
        raise error(f"--output {flags['output']} is not available")
    if flags["sort-by"] not in ("", "name", "kind"):
        raise error("--sort-by accepts only name or kind")
    listed = [row for row in await rows(kubectl) if _wanted(flags, row)]
    listed.sort(key=lambda row: (row.group, row.name))
    if flags["sort-by"]:
        listed.sort(key=lambda row: row.name if flags["sort-by"] == "name" else row.kind)
    if flags["output"] == "name":
        for row in listed:
            kubectl.line(f"{row.name}.{row.group}" if row.group else row.name)
        return 0
    writer = table_writer()
    wide = flags["output"] == "wide"
    if not flags["no-headers"]:
        writer.write("NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND" + ("\tVERBS\tCATEGORIES" if wide else "") + "\n")
    for row in listed:
        cells = [row.name, ",".join(row.short_names), row.api_version, "true" if row.namespaced else "false", row.kind]
        cells += [",".join(row.verbs), ",".join(row.categories)] if wide else []
        writer.write("\t".join(cells) + "\n")
    kubectl.out(writer.flush())
    return 0


def _wanted(flags: Any, row: Row) -> bool:
    if flags.given("namespaced") and flags["namespaced"] != row.namespaced:
        return False
    if flags.given("api-group") and flags["api-group"] != row.group:
        return False
    return all(verb in row.verbs for verb in flags["verbs"]) and all(
        category in row.categories for category in flags["categories"]
    )


async def api_versions(kubectl: Kubectl) -> int:
    found = sorted({row.api_version: None for row in await rows(kubectl)})
    for version in found:
        kubectl.line(version)
    return 0


API_RESOURCES = Verb(
    "api-resources", "Print the supported API resources on the server", "[flags]", api_resources,
    (
        Flag("output", "", "Output format. One of: (json, yaml, name, wide).", short="o"),
        Flag("namespaced", True, "If false, non-namespaced resources will be returned.", "bool"),
        Flag("api-group", "", "Limit to resources in the specified API group."),
        Flag("verbs", (), "Limit to resources that support the specified verbs.", "strings"),
        Flag("categories", (), "Limit to resources that belong to the specified categories.", "strings"),
        Flag("no-headers", False, "When using the default output format, don't print headers.", "bool"),
        Flag("sort-by", "", "If non-empty, sort list of resources using specified field: name or kind."),
        Flag("cached", False, "Use the cached list of resources if available.", "bool"),
    ),
)
API_VERSIONS = Verb(
    "api-versions", 'Print the supported API versions on the server, in the form of "group/version"', "", api_versions
)
