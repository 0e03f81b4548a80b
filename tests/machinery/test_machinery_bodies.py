"""Request bodies: YAML, JSON and the protobuf that real kubectl sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orrery.machinery.bodies import decode_body, media_type
from orrery.machinery.protobuf import MAGIC, MEDIA_TYPE, decode_protobuf
from orrery.machinery.wire import StatusError
from orrery.machinery.yaml import ParseError, parse_json, parse_yaml


def one(text: str) -> Any:
    (document,) = parse_yaml(text)
    return document


def test_yaml_means_what_it_means_to_kubernetes() -> None:
    document = one(
        """
        yes: on
        port: 8080
        mode: 0644
        hex: 0x1F
        version: "1.10"
        ratio: 1.5
        large: 1e3
        when: 2026-01-01T00:00:00Z
        time: 12:30
        nothing: ~
        1: one
        text: |
          two
          lines
        flow: {a: [1, -2]}
        """
    )
    assert document == {
        "true": True,
        "port": 8080,
        "mode": 420,
        "hex": 31,
        "version": "1.10",
        "ratio": 1.5,
        "large": 1000.0,
        "when": "2026-01-01T00:00:00Z",
        "time": "12:30",
        "nothing": None,
        "1": "one",
        "text": "two\nlines\n",
        "flow": {"a": [1, -2]},
    }


def test_a_stream_has_several_documents_and_empty_ones_do_not_count() -> None:
    assert parse_yaml("---\na: 1\n---\n# nothing\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]
    assert parse_yaml("") == []


def test_json_is_yaml_even_with_tabs_in_it() -> None:
    assert one('{\n\t"a": [1, true, null]\n}') == {"a": [1, True, None]}
    assert one("{a: 1, b: x}") == {"a": 1, "b": "x"}


def test_anchors_and_merges_are_unfolded_and_share_nothing() -> None:
    document = one("base: &b {a: 1, b: {}}\nother:\n  <<: *b\n  a: 2\nagain: *b\n")
    assert document == {"base": {"a": 1, "b": {}}, "other": {"a": 2, "b": {}}, "again": {"a": 1, "b": {}}}
    assert document["base"] is not document["again"]


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed"),
        ("a: [1, 2\n", 2, "expected ',' or ']'"),
        ("a:\n\t- b\n", 2, "cannot start any token"),
        ("a: 1\na: 2\n", 2, 'key "a" already set in map'),
        ("a: .nan\n", 1, "cannot be written as JSON"),
        ("a: !!python/name:os.system x\n", 1, "is not allowed"),
        ("? [a]\n: b\n", 1, "a key must be a single value"),
        ("a: *missing\n", 1, "found undefined alias"),
    ],
)
def test_a_mistake_in_yaml_is_named_with_its_line(text: str, line: int, complaint: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_yaml(text)
    assert caught.value.line == line
    assert f"yaml: line {line}: " in str(caught.value)
    assert complaint in str(caught.value)


def test_yaml_that_unfolds_without_end_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ParseError, match="too large or nested too deeply"):
        parse_yaml("\n".join(lines))
    with pytest.raises(ParseError, match="nested too deeply"):
        parse_yaml("[" * 5000)


def test_json_that_is_nested_without_end_is_refused() -> None:
    assert parse_json("[" * 90 + "]" * 90)
    with pytest.raises(ParseError, match="exceeded max depth"):
        parse_json('{"a":' * 500 + "1" + "}" * 500)


def test_numbers_and_text_that_json_could_not_carry_are_turned_into_some_that_it_can_or_refused() -> None:
    assert one("a: 18446744073709551616") == {"a": float(2**64)}
    assert one(f"a: {'9' * 100}") == {"a": 1e100}
    for text in (f"a: {'9' * 5000}", 'a: "\\ud800"'):
        with pytest.raises(ParseError):
            parse_yaml(text)


@given(st.text(max_size=60))
def test_any_text_is_a_document_or_an_error_with_one_sentence(text: str) -> None:
    try:
        parse_yaml(text)
    except ParseError as error:
        assert "\n" not in str(error)


def test_a_mistake_in_json_is_named_with_its_place() -> None:
    with pytest.raises(ParseError, match=r"json: line 2 column 8"):
        parse_json(b'{"a": 1,\n  "b": }')


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"kind": "Pod"}'),
        ("application/json; charset=utf-8", b'{"kind": "Pod"}'),
        ("", b'{"kind": "Pod"}'),
        ("application/yaml", b"kind: Pod\n"),
        ("application/strategic-merge-patch+json", b'{"kind": "Pod"}'),
        ("application/merge-patch+json", '{"kind": "Pod"}'),
    ],
)
def test_a_body_is_read_by_its_media_type(content_type: str, body: bytes | str) -> None:
    assert decode_body(content_type, body) == {"kind": "Pod"}


def test_an_empty_body_is_none_and_an_unknown_media_type_is_refused() -> None:
    assert decode_body("application/json", b"") is None
    assert media_type("Application/JSON; charset=utf-8") == "application/json"
    with pytest.raises(StatusError) as caught:
        decode_body("text/html", b"<p>")
    assert caught.value.code == 415


@pytest.mark.parametrize(
    ("content_type", "body", "complaint"),
    [
        ("application/json", b"{", "json: line 1 column"),
        ("application/yaml", b"a: [", "yaml: line 1"),
        ("application/yaml", b"a: 1\n---\nb: 2\n", "expected one document, found 2"),
        ("application/json", b"\xff\xfe", "couldn't decode the request body"),
        (MEDIA_TYPE, b"nonsense", "does not start with k8s and a zero byte"),
        (MEDIA_TYPE, MAGIC + b"\x0a\xff", "no well-formed protobuf object"),
    ],
)
def test_a_malformed_body_is_a_bad_request(content_type: str, body: bytes, complaint: str) -> None:
    with pytest.raises(StatusError, match=complaint) as caught:
        decode_body(content_type, body)
    assert (caught.value.code, caught.value.reason) == (400, "BadRequest")


# What kubectl 1.37 sent, byte for byte

CREATED_BY_KUBECTL = {
    "create namespace demo": (
        "6b3873000a0f0a02763112094e616d657370616365121c0a140a0464656d6f12001a0022002a0032003800420012001a020a001a002200",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}, "spec": {}, "status": {}},
    ),
    "create deployment web --image=nginx:1.27 --replicas=0 --port=80": (
        "6b3873000a150a07617070732f7631120a4465706c6f796d656e7412c1010a230a0377656212001a0464656d6f22002a0032003800"
        "42005a0a0a036170701203776562128b010800120c0a0a0a0361707012037765621a710a1c0a0012001a0022002a00320038004200"
        "5a0a0a036170701203776562125112330a056e67696e78120a6e67696e783a312e32372a00320a0a001000185022002a0042006a00"
        "7200800100880100900100a201001a00320042004a0052005800600068008201008a01009a0100c2010022020a00280038001a0c08"
        "00100018002000280038001a002200",
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "demo", "labels": {"app": "web"}},
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {
                        "containers": [
                            {
                                "name": "nginx",
                                "image": "nginx:1.27",
                                "ports": [{"containerPort": 80}],
                                "resources": {},
                            }
                        ]
                    },
                },
                "strategy": {},
            },
            "status": {"replicas": 0},
        },
    ),
    "create secret generic s --from-literal=a=b": (
        "6b3873000a0c0a027631120653656372657412210a150a017312001a0464656d6f22002a0032003800420012060a01611201621a00"
        "1a002200",
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "s", "namespace": "demo"},
            "data": {"a": "Yg=="},
        },
    ),
    "create service nodeport web --tcp=80:http --node-port=30080": (
        "6b3873000a0d0a02763112075365727669636512710a230a0377656212001a0464656d6f22002a003200380042005a0a0a03617070"
        "120377656212460a200a0738302d6874747012035443501850220a080110001a04687474702880eb01120a0a036170701203776562"
        "1a0022084e6f6465506f72743a00420052005a00600068001a020a001a002200",
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": "demo", "labels": {"app": "web"}},
            "spec": {
                "ports": [{"name": "80-http", "protocol": "TCP", "port": 80, "targetPort": "http", "nodePort": 30080}],
                "selector": {"app": "web"},
                "type": "NodePort",
            },
            "status": {"loadBalancer": {}},
        },
    ),
    "create token sa": (
        "6b3873000a280a1861757468656e7469636174696f6e2e6b38732e696f2f7631120c546f6b656e52657175657374121a0a100a0012"
        "001a0022002a0032003800420012001a040a0012001a002200",
        {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "metadata": {},
            "spec": {},
            "status": {},
        },
    ),
}


@pytest.mark.parametrize("command", list(CREATED_BY_KUBECTL))
def test_what_kubectl_sends_as_protobuf_becomes_the_document_that_it_means(command: str) -> None:
    sent, meant = CREATED_BY_KUBECTL[command]
    assert decode_protobuf(bytes.fromhex(sent)) == meant


def field(number: int, *parts: bytes) -> bytes:
    """A protobuf field with a length (under 128 bytes)."""
    data = b"".join(parts)
    return bytes([number << 3 | 2, len(data)]) + data


def envelope(api_version: str, kind: str, raw: bytes) -> bytes:
    return MAGIC + field(1, field(1, api_version.encode()), field(2, kind.encode())) + field(2, raw)


def test_an_eviction_with_a_grace_period_of_nothing_is_understood() -> None:
    metadata = field(1, b"web") + field(3, b"demo")
    raw = field(1, metadata) + field(2, b"\x08\x00")
    assert decode_protobuf(envelope("policy/v1", "Eviction", raw)) == {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": "web", "namespace": "demo"},
        "deleteOptions": {"gracePeriodSeconds": 0},
    }


def test_times_quantities_and_inlined_fields_are_understood() -> None:
    created = field(8, b"\x08\x80\xf2\xd6\xca\x06")
    volume = field(1, b"v") + field(2, field(2, b""))
    raw = field(1, created) + field(
        2, field(1, volume), field(2, field(8, field(1, field(1, b"cpu"), field(2, field(1, b"0.5")))))
    )
    document = decode_protobuf(envelope("v1", "Pod", raw))
    assert document["metadata"] == {"creationTimestamp": "2026-01-01T00:00:00Z"}
    assert document["spec"]["volumes"] == [{"name": "v", "emptyDir": {}}]
    assert document["spec"]["containers"] == [{"resources": {"limits": {"cpu": "500m"}}}]


def test_an_unknown_kind_is_refused_in_one_sentence() -> None:
    with pytest.raises(StatusError, match='kind "Gadget" in version "v1" is not understood') as caught:
        decode_protobuf(envelope("v1", "Gadget", b""))
    assert caught.value.code == 415


@given(st.binary(max_size=60), st.sampled_from(["Pod", "Service", "Secret", "Node", "Event"]))
def test_no_bytes_do_more_harm_than_a_bad_request(raw: bytes, kind: str) -> None:
    try:
        document = decode_protobuf(envelope("v1", kind, raw))
    except StatusError as error:
        assert error.code == 400
    else:
        assert document["kind"] == kind
