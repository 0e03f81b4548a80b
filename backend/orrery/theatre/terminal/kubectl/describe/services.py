"""Services, Endpoints and EndpointSlices."""

from __future__ import annotations

from collections.abc import Sequence

from orrery.machinery.objects import labels_of
from orrery.machinery.resources import ENDPOINTSLICES
from orrery.theatre.terminal.kubectl.describe.desk import Desk
from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper, go_bool

_SHOWN = 3


async def service(desk: Desk, obj: Document) -> str:
    metadata, spec = obj["metadata"], obj.get("spec") or {}
    slices = await desk.api.items(
        ENDPOINTSLICES, metadata["namespace"], labels=f"kubernetes.io/service-name={metadata['name']}"
    )
    events = await desk.events(obj)
    paper = desk.paper()
    paper.title(obj)
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    selector = spec.get("selector") or {}
    paper.line(0, "Selector:\t" + (",".join(f"{key}={selector[key]}" for key in sorted(selector)) or "<none>"))
    paper.line(0, f"Type:\t{spec.get('type', '')}")
    if spec.get("ipFamilyPolicy"):
        paper.line(0, f"IP Family Policy:\t{spec['ipFamilyPolicy']}")
    paper.line(0, f"IP Families:\t{','.join(spec.get('ipFamilies') or ()) or '<none>'}")
    paper.line(0, f"IP:\t{spec.get('clusterIP', '')}")
    paper.line(0, f"IPs:\t{','.join(spec.get('clusterIPs') or ()) or '<none>'}")
    if spec.get("externalIPs"):
        paper.line(0, f"External IPs:\t{','.join(spec['externalIPs'])}")
    if spec.get("loadBalancerIP"):
        paper.line(0, f"Desired LoadBalancer IP:\t{spec['loadBalancerIP']}")
    if spec.get("externalName"):
        paper.line(0, f"External Name:\t{spec['externalName']}")
    for port in spec.get("ports") or ():
        name, protocol = port.get("name") or "<unset>", port.get("protocol", "TCP")
        paper.line(0, f"Port:\t{name}\t{port['port']}/{protocol}")
        paper.line(0, f"TargetPort:\t{port.get('targetPort')}/{protocol}")
        if port.get("nodePort"):
            paper.line(0, f"NodePort:\t{name}\t{port['nodePort']}/{protocol}")
        paper.line(0, f"Endpoints:\t{_endpoints_text(slices, port.get('name') or '')}")
    paper.line(0, f"Session Affinity:\t{spec.get('sessionAffinity', '')}")
    for title, field in (("External Traffic Policy", "externalTrafficPolicy"),
                         ("Internal Traffic Policy", "internalTrafficPolicy"),
                         ("Traffic Distribution", "trafficDistribution"),
                         ("HealthCheck NodePort", "healthCheckNodePort")):
        if spec.get(field):
            paper.line(0, f"{title}:\t{spec[field]}")
    paper.events(events)
    return paper.text()


def _endpoints_text(slices: Sequence[Document], name: str) -> str:
    if not slices:
        return "<none>"
    found: list[str] = []
    for one in slices:
        for port in one.get("ports") or ():
            if (port.get("name") or "") != name:
                continue
            for endpoint in one.get("endpoints") or ():
                ready = (endpoint.get("conditions") or {}).get("ready")
                if ready is None or ready:
                    found += [f"{address}:{port.get('port')}" for address in endpoint.get("addresses") or ()]
    shown = ",".join(found[:_SHOWN])
    return f"{shown} + {len(found) - _SHOWN} more..." if len(found) > _SHOWN else shown


async def endpoints(desk: Desk, obj: Document) -> str:
    events = await desk.events(obj)
    paper = desk.paper()
    paper.title(obj)
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    paper.line(0, "Subsets:")
    for subset in obj.get("subsets") or ():
        for title, field in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            addresses = ",".join(str(one.get("ip", "")) for one in subset.get(field) or ())
            paper.line(1, f"{title}:\t{addresses or '<none>'}")
        if subset.get("ports"):
            paper.line(1, "Ports:")
            paper.write(2, "Name\tPort\tProtocol\n")
            paper.write(2, "----\t----\t--------\n")
            for port in subset["ports"]:
                paper.line(2, f"{port.get('name') or '<unset>'}\t{port.get('port')}\t{port.get('protocol', 'TCP')}")
        paper.write(0, "\n")
    paper.events(events)
    return paper.text()


async def endpoint_slice(desk: Desk, obj: Document) -> str:
    events = await desk.events(obj)
    paper = desk.paper()
    paper.title(obj)
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    paper.line(0, f"AddressType:\t{obj.get('addressType', '')}")
    if not obj.get("ports"):
        paper.line(0, "Ports: <unset>")
    else:
        paper.line(0, "Ports:")
        paper.write(1, "Name\tPort\tProtocol\n")
        paper.write(1, "----\t----\t--------\n")
        for port in obj["ports"]:
            number = port.get("port")
            paper.line(1, f"{port.get('name') or '<unset>'}\t{'<unset>' if number is None else number}\t"
                          f"{port.get('protocol', 'TCP')}")
    if not obj.get("endpoints"):
        paper.line(0, "Endpoints: <none>")
    else:
        paper.line(0, "Endpoints:")
        for endpoint in obj["endpoints"]:
            _endpoint(paper, endpoint)
    paper.events(events)
    return paper.text()


def _endpoint(paper: Paper, endpoint: Document) -> None:
    paper.line(1, f"- Addresses:\t{', '.join(endpoint.get('addresses') or ()) or '<none>'}")
    paper.line(2, "Conditions:")
    ready = (endpoint.get("conditions") or {}).get("ready")
    paper.line(3, f"Ready:\t{'<unset>' if ready is None else go_bool(ready)}")
    paper.line(2, f"Hostname:\t{endpoint.get('hostname') or '<unset>'}")
    target = endpoint.get("targetRef")
    if target:
        paper.line(2, f"TargetRef:\t{target.get('kind')}/{target.get('name')}")
    paper.line(2, f"NodeName:\t{endpoint.get('nodeName') or '<unset>'}")
    paper.line(2, f"Zone:\t{endpoint.get('zone') or '<unset>'}")
