"""WCAG 2.2 AA on every view, by axe; and what a presenter does with the keys alone."""

from live_server import ROOT

from conftest import Stage

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECK = """
async (rules) => (await axe.run(document, {runOnly: rules})).violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`))
"""
TYPE_PX = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"


def _views(stage: Stage) -> list[str]:
    found: list[str] = stage.page.evaluate(
        "() => [...document.querySelectorAll('nav [data-testid^=view-]')].map((link) => link.dataset.testid.slice(5))"
    )
    return found


def test_every_view_passes_wcag_in_both_themes(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.open()
    stage.server.real_time(10)
    stage.part("run-deployment").click()
    stage.wait("it runs", lambda: stage.run_all("web-", 3), 60)
    stage.server.post("/api/fault", {"fault": "crash-process", "component": "cp-2/etcd"})
    stage.page.evaluate(f"() => {{ {AXE.read_text()} }}")
    wrong: list[str] = []
    for theme in ("dark", "light"):
        stage.look((1280, 720), theme, "en")
        for view in _views(stage):
            stage.go(view)
            stage.page.wait_for_timeout(700)
            wrong += [f"{theme} {view}: {line}" for line in stage.page.evaluate(CHECK, RULES)]
    assert wrong == [], "\n".join(wrong)


def test_a_presenter_needs_no_mouse(stage: Stage) -> None:
    stage.open()
    keys = stage.page.keyboard
    keys.press(" ")
    stage.wait("it stands", lambda: stage.part("play-pause").get_attribute("data-paused") == "true")
    before_ns = stage.now_ns()
    keys.press("PageDown")
    stage.wait("a step is taken", lambda: stage.now_ns() > before_ns)
    keys.press("PageUp")
    stage.wait("and taken back", lambda: stage.part("back-to-live").count() == 1)
    keys.press("End")
    stage.wait("the present is back", lambda: stage.part("back-to-live").count() == 0)
    keys.press("b")
    stage.part("blank").wait_for()
    keys.press("PageDown")
    stage.wait("the screen is back", lambda: stage.part("blank").count() == 0)
    keys.press("?")
    stage.part("keys-dialog").wait_for()
    stage.see("7-keys")
    keys.press("Escape")
    stage.wait("the list is closed", lambda: not stage.part("keys-dialog").is_visible())
    keys.press("3")
    stage.wait("the third view is there", lambda: stage.part("stage").count() == 0)
    keys.press("s")
    stage.wait("with the stage beside it", lambda: stage.part("stage").count() == 1)
    stage.see("7-beside")
    keys.press("s")
    keys.press("f")
    stage.wait("the bars are away", lambda: stage.part("time-bar").count() == 0)
    assert stage.narration()
    keys.press("Escape")
    stage.wait("the bars are back", lambda: stage.part("time-bar").count() == 1)
    keys.press("p")
    stage.wait("the type is large", lambda: stage.page.evaluate(TYPE_PX) > 20)
    stage.see("7-projector")
