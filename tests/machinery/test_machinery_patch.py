"""Patches: JSON patch by RFC 6902, merge patch by RFC 7386, and Kubernetes' strategic merge patch."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orrery.machinery import patch
from orrery.machinery.wire import StatusError

values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text("abc", max_size=2), values, max_size=4)


@pytest.mark.parametrize(
    ("document", "changes", "result"),
    [  # the examples of RFC 7386, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_the_rfc_shows(document: Any, changes: Any, result: Any) -> None:
    assert patch.merge_patch(document, changes) == result


@given(objects, objects)
def test_a_merge_patch_changes_neither_of_its_inputs_and_is_idempotent(document: Any, changes: Any) -> None:
    before = copy.deepcopy((document, changes))
    once = patch.merge_patch(document, changes)
    assert patch.merge_patch(once, changes) == once
    assert (document, changes) == before


@pytest.mark.parametrize(
    ("document", "operations", "result"),
    [  # the examples of RFC 6902, appendix A
        ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"foo": "bar", "baz": "qux"}),
        (
            {"foo": ["bar", "baz"]},
            [{"op": "add", "path": "/foo/1", "value": "qux"}],
            {"foo": ["bar", "qux", "baz"]},
        ),
        ({"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["bar", "baz"]}),
        ({"baz": "qux"}, [{"op": "replace", "path": "/baz", "value": "boo"}], {"baz": "boo"}),
        (
            {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
            [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
            {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
        ),
        (
            {"foo": ["all", "grass", "cows", "eat"]},
            [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
            {"foo": ["all", "cows", "eat", "grass"]},
        ),
        ({"foo": ["bar"]}, [{"op": "add", "path": "/foo/-", "value": ["abc"]}], {"foo": ["bar", ["abc"]]}),
        ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
        ({"a": {"b": 1}}, [{"op": "copy", "from": "/a", "path": "/c"}], {"a": {"b": 1}, "c": {"b": 1}}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": {"b": 2}}], {"b": 2}),
    ],
)
def test_a_json_patch_does_what_the_rfc_shows(document: Any, operations: Any, result: Any) -> None:
    before = copy.deepcopy(document)
    assert patch.json_patch(document, operations) == result
    assert document == before


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a", "value": 2},
        {"op": "test", "path": "/a", "value": True},
        {"op": "remove", "path": "/b"},
        {"op": "replace", "path": "/b", "value": 1},
        {"op": "add", "path": "/b/c", "value": 1},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "add", "path": "/list/01", "value": 1},
        {"op": "move", "from": "/map", "path": "/map/inside"},
        {"op": "add", "path": "/a"},
        {"op": "add", "path": "no-slash", "value": 1},
        {"op": "jump", "path": "/a"},
        {"path": "/a"},
    ],
)
def test_a_json_patch_that_does_not_apply_is_an_invalid_request_and_changes_nothing(operation: Any) -> None:
    document = {"a": 1, "list": [1], "map": {}}
    with pytest.raises(StatusError) as caught:
        patch.apply(patch.JSON_PATCH, document, [{"op": "add", "path": "/z", "value": 1}, operation], "v1", "ConfigMap")
    assert (caught.value.code, caught.value.reason) == (422, "Invalid")
    assert document == {"a": 1, "list": [1], "map": {}}


def test_a_patch_of_the_wrong_shape_is_a_bad_request() -> None:
    with pytest.raises(StatusError, match="cannot unmarshal array into Go value of type map"):
        patch.apply(patch.MERGE_PATCH, {}, [], "v1", "Pod")
    with pytest.raises(StatusError, match=r"cannot unmarshal object into Go value of type jsonpatch\.Patch"):
        patch.apply(patch.JSON_PATCH, {}, {}, "v1", "Pod")
    with pytest.raises(StatusError) as caught:
        patch.apply("text/plain", {}, {}, "v1", "Pod")
    assert caught.value.code == 415


# Strategic merge


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [*containers], **spec}}


def strategic(document: dict[str, Any], changes: dict[str, Any], kind: str = "Pod") -> dict[str, Any]:
    before = copy.deepcopy((document, changes))
    api_version = "apps/v1" if kind == "Deployment" else "v1"
    result = patch.apply(patch.STRATEGIC_MERGE_PATCH, document, changes, api_version, kind)
    assert (document, changes) == before
    return result


A, B, C = {"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}, {"name": "c", "image": "c:1"}


def test_containers_are_merged_by_name() -> None:
    result = strategic(pod(A, B), {"spec": {"containers": [{"name": "b", "image": "b:2"}]}})
    assert result == pod(A, {"name": "b", "image": "b:2"})


def test_a_container_of_a_new_name_is_added() -> None:
    assert strategic(pod(A), {"spec": {"containers": [C]}}) == pod(A, C)


def test_a_container_is_deleted_by_name() -> None:
    assert strategic(pod(A, B), {"spec": {"containers": [{"name": "a", "$patch": "delete"}]}}) == pod(B)


def test_a_list_is_replaced_where_the_patch_says_so() -> None:
    assert strategic(pod(A, B), {"spec": {"containers": [{"$patch": "replace"}, C]}}) == pod(C)


def test_the_patch_sets_the_order_of_what_it_speaks_of_and_others_stay_in_place() -> None:
    changes = {"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}], "containers": [C]}}
    assert [c["name"] for c in strategic(pod(A, B), changes)["spec"]["containers"]] == ["c", "a", "b"]


def test_order_alone_reorders() -> None:
    changes = {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}
    assert strategic(pod(A, B), changes) == pod(B, A)


def test_tolerations_have_no_merge_key_and_are_replaced() -> None:
    result = strategic(pod(A, tolerations=[{"key": "x"}]), {"spec": {"tolerations": [{"key": "y"}]}})
    assert result["spec"]["tolerations"] == [{"key": "y"}]


def test_a_list_of_plain_values_is_a_set_and_values_are_taken_out_by_name() -> None:
    document = {**pod(A), "metadata": {"name": "p", "finalizers": ["x/a", "x/b"]}}
    added = strategic(document, {"metadata": {"finalizers": ["x/b", "x/c"]}})
    assert added["metadata"]["finalizers"] == ["x/a", "x/b", "x/c"]
    removed = strategic(added, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x/a"]}})
    assert removed["metadata"]["finalizers"] == ["x/b", "x/c"]


def test_only_the_retained_keys_of_a_strategy_stay() -> None:
    document = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    changes = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert strategic(document, changes, "Deployment") == {"spec": {"strategy": {"type": "Recreate"}}}


def test_a_map_is_replaced_or_emptied_where_the_patch_says_so() -> None:
    document = {"metadata": {"labels": {"a": "1", "b": "2"}}}
    assert strategic(document, {"metadata": {"labels": {"$patch": "replace", "c": "3"}}}) == {
        "metadata": {"labels": {"c": "3"}}
    }
    assert strategic(document, {"metadata": {"labels": {"$patch": "delete"}}}) == {"metadata": {"labels": {}}}
    assert strategic(document, {"metadata": {"labels": {"a": None}}}) == {"metadata": {"labels": {"b": "2"}}}


def test_ports_inside_containers_are_merged_by_port() -> None:
    document = pod({**A, "ports": [{"containerPort": 80, "protocol": "TCP"}]})
    changes = {"spec": {"containers": [{"name": "a", "ports": [{"containerPort": 80, "name": "http"}]}]}}
    ports = strategic(document, changes)["spec"]["containers"][0]["ports"]
    assert ports == [{"containerPort": 80, "protocol": "TCP", "name": "http"}]


def test_directives_never_reach_the_document() -> None:
    changes = {"spec": {"volumes": [{"name": "v", "$patch": "merge"}, {"name": "w", "$patch": "delete"}]}}
    assert "$patch" not in str(strategic({"spec": {}}, changes))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"spec": {"containers": [{"image": "x"}]}}, "does not contain declared merge key: name"),
        ({"spec": {"containers": ["x"]}}, "expected a list of objects in containers"),
        ({"spec": {"$patch": "explode"}}, "Unknown patch type found: explode"),
        ({"spec": {"$retainKeys": "x"}}, "invalid patch format"),
        ({"spec": {"$setElementOrder/containers": "x", "containers": []}}, "invalid patch format"),
    ],
)
def test_a_strategic_patch_that_makes_no_sense_is_a_bad_request(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(StatusError, match=complaint) as caught:
        strategic(pod(A), changes)
    assert caught.value.code == 400


labels = st.dictionaries(st.text("abc", max_size=2), st.text("abc", max_size=2), max_size=4)
changed_labels = st.dictionaries(st.text("abc", max_size=2), st.none() | st.text("abc", max_size=2), max_size=4)


@given(labels, changed_labels)
def test_without_lists_a_strategic_patch_is_a_merge_patch(document: Any, changes: Any) -> None:
    merged = patch.merge_patch({"metadata": {"labels": document}}, {"metadata": {"labels": changes}})
    assert strategic({"metadata": {"labels": document}}, {"metadata": {"labels": changes}}) == merged
