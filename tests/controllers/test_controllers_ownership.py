"""Who owns what: Pods that are replaced, adopted and let go; what is left when an owner goes."""

from typing import Any

import pytest
from controllers_lab import OLD, Ownership, World

from orrery.machinery.objects import controller_of, name_of, owner_reference, owners_of, uid_of
from orrery.machinery.resources import CONFIGMAPS, DEPLOYMENTS, PODS, REPLICASETS

Document = dict[str, Any]


def config_map(name: str, *owners: Document) -> Document:
    metadata: Document = {"name": name, "namespace": "default"}
    if owners:
        metadata["ownerReferences"] = [
            owner_reference({"apiVersion": "v1", "kind": "ConfigMap", **owner}, controller=False) for owner in owners
        ]
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def made(world: World, obj: Document) -> Document:
    result: Document = world.ask(lambda api: api.create(CONFIGMAPS, obj))
    return result


def names(world: World) -> list[str]:
    found = [name_of(one) for one in world.objects(CONFIGMAPS, "default")]
    return [name for name in found if name != "kube-root-ca.crt"]


def pod(name: str, labels: dict[str, str]) -> Document:
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "labels": labels},
        "spec": {"containers": [{"name": "main", "image": OLD}]},
    }


def test_a_pod_that_is_deleted_by_hand_is_replaced() -> None:
    ownership = Ownership()
    world = World(checkers=(ownership,))
    world.deployed(3)
    victim = name_of(world.all(PODS)[0])
    world.ask(lambda api: api.delete(PODS, victim, "default"))
    world.settle(OLD, 3)
    assert victim not in [name_of(one) for one in world.all(PODS)]
    assert len(world.creations) == 4 and ownership.excess == 0


def test_the_checker_of_ownership_sees_two_controllers_a_theft_and_a_pod_too_many() -> None:
    rs = {"metadata": {"uid": "a"}, "spec": {"replicas": 1}}
    mine = {"uid": "a", "name": "a", "controller": True}
    his = {"uid": "b", "name": "b", "controller": True}

    def owned(uid: str, *owners: Document) -> Document:
        return {"metadata": {"name": uid, "uid": uid, "ownerReferences": list(owners)}}

    ownership = Ownership()
    ownership(REPLICASETS, None, rs)
    ownership(PODS, None, owned("1", mine))
    assert (ownership.broken, ownership.excess) == ([], 0)
    ownership(PODS, None, owned("2", mine))
    ownership(PODS, owned("2", mine), owned("2", his))
    ownership(PODS, owned("1", mine), owned("1", mine, his))
    assert ownership.excess == 1
    assert ownership.broken == ["2 went from a to b", "1 has 2 controllers"]


def test_a_pod_whose_labels_change_is_released_and_one_whose_labels_fit_is_adopted() -> None:
    world = World()
    world.deployed(2)
    labels = world.all(PODS)[0]["metadata"]["labels"]
    loose = name_of(world.all(PODS)[0])
    world.ask(lambda api: api.patch(PODS, loose, {"metadata": {"labels": {"app": "other"}}}, "default"))
    world.until(lambda: len(world.all(PODS)) == 3)
    assert controller_of(next(one for one in world.all(PODS) if name_of(one) == loose)) is None
    world.change({"replicas": 3})
    world.until(lambda: len(world.all(PODS)) == 4)
    world.ask(lambda api: api.create(PODS, pod("stray", labels)))
    world.until(lambda: len([one for one in world.all(PODS) if controller_of(one)]) == 3, step_s=0.5)
    world.run(40)
    assert len(world.all(PODS)) == 4, "one of the four that fit was one too many"


def test_two_sets_that_want_one_orphan_do_not_both_get_it() -> None:
    ownership = Ownership()
    world = World(checkers=(ownership,))
    sets = [
        {
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "replicas": 1, "selector": {"matchLabels": {"app": "both"}},
                "template": {"metadata": {"labels": {"app": "both"}}, "spec": pod("x", {})["spec"]},
            },
        }
        for name in ("one", "two")
    ]
    for rs in sets:
        world.ask(lambda api, rs=rs: api.create(REPLICASETS, rs))
    world.run(10)
    world.ask(lambda api: api.create(PODS, pod("orphan", {"app": "both"})))
    world.run(60)
    assert ownership.broken == []
    owners = [(controller_of(one) or {})["name"] for one in world.all(PODS)]
    assert sorted(owners) == ["one", "two"]


@pytest.mark.parametrize(("propagation", "left"), [("Background", 0), ("Foreground", 0), ("Orphan", 2)])
def test_what_is_owned_goes_or_stays_as_the_deletion_says(propagation: str, left: int) -> None:
    world = World()
    world.deployed(2)
    order: list[str] = []

    def check(kind: Any, old: Any, new: Any) -> None:
        if new is None:
            order.append(kind.kind)

    world.checkers = (check,)
    world.ask(lambda api: api.delete(DEPLOYMENTS, "web", "default", propagation=propagation))
    world.run(60)
    assert len(world.all(PODS)) == left and len(world.all(REPLICASETS)) == (1 if left else 0)
    expected = {
        "Background": ["Deployment", "ReplicaSet", "Pod", "Pod"],
        "Foreground": ["Pod", "Pod", "ReplicaSet", "Deployment"],
        "Orphan": ["Deployment"],
    }
    assert order == expected[propagation]
    assert all(owners_of(rs) == [] for rs in world.all(REPLICASETS))


def test_a_deployment_of_the_same_template_adopts_the_orphaned_set_and_its_pods() -> None:
    world = World()
    world.deployed(2)
    before = sorted(uid_of(one) for one in world.all(PODS))
    world.ask(lambda api: api.delete(DEPLOYMENTS, "web", "default", propagation="Orphan"))
    world.until(lambda: not world.all(DEPLOYMENTS))
    world.run(2)
    world.create(2)
    world.settle(OLD, 2)
    assert sorted(uid_of(one) for one in world.all(PODS)) == before
    assert world.sizes() == {1: 2}


def test_an_owner_of_the_same_name_but_another_uid_is_somebody_else() -> None:
    world = World()
    owner = made(world, config_map("owner"))
    made(world, config_map("owned", {"metadata": {**owner["metadata"], "uid": "not-this-one"}}))
    world.run(10)
    assert names(world) == ["owner"]


def test_what_has_one_owner_left_stays_and_forgets_the_other() -> None:
    world = World()
    first, second = made(world, config_map("first")), made(world, config_map("second"))
    made(world, config_map("owned", first, second))
    world.ask(lambda api: api.delete(CONFIGMAPS, "first", "default"))
    world.run(5)
    left = world.ask(lambda api: api.get(CONFIGMAPS, "owned", "default"))
    assert [owner["name"] for owner in owners_of(left)] == ["second"]
    world.ask(lambda api: api.delete(CONFIGMAPS, "second", "default"))
    world.run(5)
    assert names(world) == []


def test_a_chain_of_owners_is_collected_to_its_end() -> None:
    world = World()
    last = made(world, config_map("c0"))
    for number in range(1, 5):
        last = made(world, config_map(f"c{number}", last))
    world.ask(lambda api: api.delete(CONFIGMAPS, "c0", "default", propagation="Foreground"))
    world.run(10)
    assert names(world) == []
