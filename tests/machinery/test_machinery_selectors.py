"""Selectors: what they say, and which objects they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orrery.machinery import selectors
from orrery.machinery.fields import parse_field_selector
from orrery.machinery.resources import CONFIGMAPS, EVENTS, NODES, PODS

LABELS = {"app": "web", "tier": "front", "replica": "7"}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app=web,tier=back", False),
        ("app!=web", False),
        ("other!=web", True),
        ("app in (web, api)", True),
        ("app in (api)", False),
        ("app notin (api,db)", True),
        ("other notin (api)", True),
        ("app", True),
        ("other", False),
        ("!other", True),
        ("!app", False),
        ("replica>6", True),
        ("replica<7", False),
        ("tier>6", False),
        ("app=", False),
    ],
)
def test_a_label_selector_selects(text: str, selected: bool) -> None:
    assert selectors.parse_label_selector(text).matches(LABELS) is selected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("app in web", "found 'web', expected: '('"),
        ("app=web tier", "found 'tier', expected: ',' or 'end of string'"),
        (",app", "found ',', expected: identifier"),
        ("app=web,", "expected: identifier after ','"),
        ("app in (web", "expected: ',', ')' or identifier"),
        ("a b", "found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("app=$x", "a valid label must be an empty string or consist of"),
        ("-app=x", "name part must consist of"),
        ("replica>many", "the value must be an integer"),
    ],
)
def test_a_label_selector_that_makes_no_sense_is_refused_with_the_place(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="unable to parse requirement") as caught:
        selectors.parse_label_selector(text)
    assert complaint in str(caught.value)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]([a-z0-9.-]{0,8}[a-z0-9])?", fullmatch=True),
        st.from_regex(r"([a-z0-9]([a-z0-9_.-]{0,8}[a-z0-9])?)?", fullmatch=True),
        max_size=4,
    )
)
def test_a_printed_selector_is_read_back_as_itself(labels: dict[str, str]) -> None:
    selector = selectors.from_labels(labels)
    assert selectors.parse_label_selector(str(selector)) == selector
    assert selector.matches(labels)


def test_a_selector_object_that_is_absent_selects_nothing_and_an_empty_one_everything() -> None:
    assert not selectors.from_object(None).matches(LABELS)
    assert selectors.from_object({}).matches(LABELS)
    assert selectors.from_object({}).matches(None)


def test_a_selector_object_wants_all_of_its_parts() -> None:
    selector = selectors.from_object(
        {
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["front", "back"]},
                {"key": "legacy", "operator": "DoesNotExist"},
            ],
        }
    )
    assert str(selector) == "app=web,tier in (front,back),!legacy"
    assert selector.matches(LABELS)
    assert not selector.matches(LABELS | {"legacy": "yes"})


def test_a_node_selector_wants_one_of_its_terms_and_an_empty_term_means_no_node() -> None:
    selector = selectors.node_selector(
        {
            "nodeSelectorTerms": [
                {},
                {"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["4"]}]},
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["worker-2"]}]},
            ]
        }
    )
    assert selector.matches({"cores": "8"}, "worker-1")
    assert selector.matches({}, "worker-2")
    assert not selector.matches({"cores": "4"}, "worker-1")
    assert not selectors.node_selector({"nodeSelectorTerms": [{}]}).matches({}, "worker-1")


def test_pods_are_selected_by_node_and_phase() -> None:
    selector = parse_field_selector(PODS, "spec.nodeName=worker-1,status.phase!=Succeeded,status.phase!=Failed")
    assert selector.matches({"spec": {"nodeName": "worker-1"}, "status": {"phase": "Running"}})
    assert not selector.matches({"spec": {"nodeName": "worker-1"}, "status": {"phase": "Failed"}})
    assert not selector.matches({"spec": {}, "status": {}})
    assert selector.required("spec.nodeName") == "worker-1"
    assert selector.required("status.phase") is None


def test_an_absent_field_is_empty_and_an_absent_flag_is_false() -> None:
    assert parse_field_selector(PODS, "spec.nodeName=").matches({"spec": {}})
    assert parse_field_selector(NODES, "spec.unschedulable=false").matches({"spec": {}})
    assert parse_field_selector(NODES, "spec.unschedulable=true").matches({"spec": {"unschedulable": True}})


def test_events_are_selected_by_what_they_tell_about() -> None:
    selector = parse_field_selector(EVENTS, "involvedObject.name=web,involvedObject.kind=Pod,source=kubelet")
    event = {"involvedObject": {"name": "web", "kind": "Pod"}, "source": {"component": "kubelet"}}
    assert selector.matches(event)


def test_a_field_that_a_kind_does_not_offer_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^field label not supported: spec\.image$"):
        parse_field_selector(PODS, "spec.image=nginx")
    with pytest.raises(ValueError, match='"data" is not a known field selector: only "metadata.name"'):
        parse_field_selector(CONFIGMAPS, "data=x")
    with pytest.raises(ValueError, match="can't understand 'metadata.name'"):
        parse_field_selector(PODS, "metadata.name")


def test_commas_and_equals_signs_in_values_are_escaped() -> None:
    selector = parse_field_selector(EVENTS, r"reason=a\,b\=c")
    assert selector.matches({"reason": "a,b=c"})
    assert str(selector) == r"reason=a\,b\=c"
