"""Image references, and what is made of them."""

import pytest

from orrery.node.images import CATALOGUE, digest_of, exists, find, layers_of, parse_reference, profile_of


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("grafana/grafana", "docker.io/grafana/grafana:latest"),
        ("registry.k8s.io/pause:3.10.1", "registry.k8s.io/pause:3.10.1"),
        ("localhost:5000/shop/cart:v1", "localhost:5000/shop/cart:v1"),
        ("nginx@sha256:" + "a" * 64, "docker.io/library/nginx@sha256:" + "a" * 64),
    ],
)
def test_a_short_reference_is_completed(image: str, full: str) -> None:
    assert str(parse_reference(image)) == full


@pytest.mark.parametrize("image", ["NGINX", "nginx:", "a//b", "nginx:a b", ""])
def test_what_is_no_reference_is_refused_or_has_a_tag(image: str) -> None:
    if image == "nginx:":
        assert parse_reference(image).tag == "latest"
        return
    with pytest.raises(ValueError, match="invalid reference format"):
        parse_reference(image)


def test_an_unknown_image_is_the_same_on_every_look() -> None:
    one, other = (profile_of(parse_reference("example.com/shop/cart:v1")) for _ in range(2))
    assert one == other
    assert one.size_bytes > 20 << 20
    assert one.size_bytes != profile_of(parse_reference("example.com/shop/till:v1")).size_bytes


def test_names_that_say_so_do_not_exist() -> None:
    assert exists(parse_reference("nginx:1.27"))
    assert exists(parse_reference("example.com/shop:v1"))
    for image in ("does-not-exist", "nginx:missing", "nginx:1.161", "example.com/nosuch/thing"):
        assert not exists(parse_reference(image)), image


def test_a_strict_registry_has_what_its_catalogue_says() -> None:
    assert exists(parse_reference("redis"), unknown=False)
    assert not exists(parse_reference("example.com/shop"), unknown=False)


def test_layers_add_up_to_the_image() -> None:
    reference = parse_reference("nginx:1.27")
    profile = find(reference)
    assert profile is not None
    layers = layers_of(reference, profile.size_bytes)
    assert abs(sum(size for _, size in layers) - profile.size_bytes) <= len(layers)
    assert digest_of(reference) != digest_of(parse_reference("nginx:1.26"))


def test_the_catalogue_names_full_repositories_once() -> None:
    names = [profile.name for profile in CATALOGUE]
    assert len(names) == len(set(names))
    assert [name for name in names if parse_reference(name).name != name] == []
