"""The first screen is light: terminal, editor and charts are loaded when they are opened."""

from live_server import ROOT

from orrery.cli.bench.bundle import LIMIT_KIB, first_screen, first_screen_kib

BUILD = ROOT / "static" / "build"


def test_the_first_screens_code_stays_under_its_limit(bundle: None) -> None:
    files = first_screen(BUILD)
    assert any(name.endswith(".js") for name in files) and any(name.endswith(".css") for name in files)
    assert 20 < first_screen_kib(BUILD) < LIMIT_KIB, files


def test_what_is_heavy_waits_until_it_is_opened(bundle: None) -> None:
    code = "".join((BUILD / name).read_text() for name in first_screen(BUILD) if name.endswith(".js"))
    for sign in ("xterm-helper", "cm-editor", "uplot"):
        assert sign not in code, f"{sign} is in what the first screen loads"
