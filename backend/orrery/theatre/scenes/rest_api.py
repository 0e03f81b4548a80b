"""The API by hand: one object's life in five methods, and the documents that say what there is."""

from typing import Any

from orrery.machinery.resources import CONFIGMAPS
from orrery.theatre.scenes import looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")
ONE = CONFIGMAPS.path("default", "menu")


def _resources(world: World, note: str) -> list[str]:
    return [item["name"] for item in talk.answer(world, note).body["resources"]]


def _replace(world: World) -> None:
    document: dict[str, Any] = talk.answer(world, "read").body
    talk.send(world, "replaced", "PUT", ONE, {**document, "data": {"soup": "kimchi"}})


def _discover(world: World) -> None:
    talk.send(world, "core", "GET", "/api/v1")
    talk.send(world, "apps", "GET", "/apis/apps/v1")
    talk.send(world, "openapi", "GET", "/openapi/v3")


def _openapi_names_groups(world: World) -> bool:
    paths = talk.answer(world, "openapi").body["paths"]
    return "api/v1" in paths and "apis/apps/v1" in paths


SCENE = Scene(
    id="rest-api",
    title=Words(ko="REST API를 손으로", en="The REST API by hand"),
    text=Words(
        ko="ConfigMap 하나를 POST, GET, PUT, PATCH, DELETE로 다루고, 디스커버리와 OpenAPI 문서를 읽습니다.",
        en="One ConfigMap by POST, GET, PUT, PATCH and DELETE; then discovery and OpenAPI documents.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "menu")),
        Do("ask what there is", _discover),
        Wait("discovery answers", lambda world: all(talk.code(world, note) for note in ("core", "apps", "openapi"))),
        Expect("core v1 has Pods, Services, ConfigMaps",
               lambda world: {"pods", "services", "configmaps"} <= {*_resources(world, "core")}),
        Expect("apps/v1 has Deployments and ReplicaSets",
               lambda world: {"deployments", "replicasets"} <= {*_resources(world, "apps")}),
        Expect("OpenAPI names both groups", _openapi_names_groups),
        say("POST는 컬렉션에 새 객체를 만듭니다. 응답은 201 Created입니다.",
            "POST makes a new object in a collection. The answer is 201 Created."),
        Do("create", lambda world: talk.send(
            world, "made", "POST", ALL, manifests.config_map("menu", soup="doenjang"))),
        Wait("it is created", lambda world: talk.code(world, "made") == 201),
        Do("read", lambda world: talk.send(world, "read", "GET", ONE)),
        Wait("it is read", lambda world: talk.code(world, "read") == 200),
        say("PUT은 전체를 바꾸고, PATCH는 일부만 바꿉니다.", "PUT replaces the whole, PATCH changes a part."),
        Do("replace", _replace),
        Wait("it is replaced", lambda world: talk.code(world, "replaced") == 200),
        Do("patch", lambda world: talk.send(
            world, "patched", "PATCH", ONE, {"data": {"rice": "white"}}, content_type=talk.MERGE)),
        Wait("it is patched", lambda world: talk.code(world, "patched") == 200),
        Expect("both changes are there",
               lambda world: talk.answer(world, "patched").body["data"] == {"soup": "kimchi", "rice": "white"}),
        Do("delete", lambda world: talk.send(world, "deleted", "DELETE", ONE)),
        Wait("it is deleted", lambda world: talk.code(world, "deleted") == 200),
        Do("read again", lambda world: talk.send(world, "gone", "GET", ONE)),
        Wait("404 Not Found", lambda world: talk.code(world, "gone") == 404),
        Expect("nothing is stored", lambda world: looks.stored(world, CONFIGMAPS, "menu") is None),
    ),
)
