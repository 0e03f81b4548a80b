"""Objects in a browser: found, read, edited and applied; everything that happened, read and stepped through."""

from conftest import Stage

WEB = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  replicas: 1\n"
    "  selector: {matchLabels: {app: shop}}\n  template:\n    metadata: {labels: {app: shop}}\n"
    "    spec: {containers: [{name: c, image: 'nginx:1.27'}]}\n"
)
EDITOR = "[data-testid='yaml-editor']"


def _replicas(stage: Stage, text: str) -> None:
    """Types another number of replicas into the editor."""
    stage.page.locator(f"{EDITOR} .cm-line", has_text="replicas: ").first.click()
    for key in ("End", "Shift+Home"):
        stage.page.keyboard.press(key)
    stage.page.keyboard.insert_text(f"replicas: {text}")


def test_an_object_is_found_read_edited_and_applied_and_its_past_is_told(stage: Stage) -> None:
    stage.open()
    stage.go("objects")
    stage.control(action="mode", mode="real-time")
    stage.control(action="factor", factor=5)
    assert stage.server.post("/api/apply", {"text": WEB})[0] == 200
    stage.part("objects-search").fill("deploy shop")
    stage.part("object-deployments-shop").click()
    stage.wait("it stands as it is wanted", lambda: "1/1 ready" in stage.text("object-detail"), 60)
    assert "SuccessfulCreate" in stage.text("object-detail") or "ScalingReplicaSet" in stage.text("object-events")
    assert "deployment" in stage.text("object-observed") and "Pod" in stage.text("object-owners")
    stage.part("object-tab-yaml").click()
    stage.wait("its text is there", lambda: "replicas: 1" in stage.text("yaml-editor"))
    _replicas(stage, "-1")
    stage.page.keyboard.press("Control+s")
    stage.wait("the refusal names the field and its line", lambda: stage.part("object-wrong").count())
    assert "line" in stage.text("object-wrong") and "spec.replicas" in stage.text("object-wrong")
    _replicas(stage, "2")
    stage.page.keyboard.press("Control+s")
    stage.wait("what would change is shown first", lambda: stage.part("object-apply").count())
    stage.see("6-object-difference")
    stage.part("object-apply").click()
    stage.wait("it is applied", lambda: "2/2 ready" in stage.text("object-detail"), 60)
    stage.part("object-tab-history").click()
    stage.wait("the versions say who wrote them", lambda: "kubectl-apply" in stage.text("object-history"))
    stage.wait("with the difference", lambda: stage.page.locator("[data-testid='diff'] .cm-changedLine").count())
    assert "shop" in stage.page.url, "it can be linked to"


def test_everything_that_happened_is_filtered_and_stepped_through(stage: Stage) -> None:
    stage.open()
    stage.go("events")
    stage.control(action="mode", mode="real-time")
    assert stage.server.post("/api/apply", {"text": WEB})[0] == 200
    rows = stage.page.locator("[id^='event-']")
    stage.wait("they come by themselves", lambda: rows.count() > 5)
    stage.part("events-protocol-etcd").click()
    stage.part("events-object").fill("shop")
    stage.wait("only what fits stays", lambda: rows.count() and all("shop" in text for text in rows.all_inner_texts()))
    rows.last.click()
    first = stage.page.locator("[role='option'][aria-selected='true']").get_attribute("id")
    stage.part("inspector-layers").wait_for()
    at_ns = stage.now_ns()
    stage.page.keyboard.press("ArrowUp")
    stage.wait("the time line goes along", lambda: stage.now_ns() < at_ns)
    assert stage.page.locator("[role='option'][aria-selected='true']").get_attribute("id") != first
    stage.see("6-events")
    stage.part("events-tab-logs").click()
    stage.part("logs-of-cp-1/kube-apiserver").click()
    stage.wait("its log is there", lambda: "Serving securely" in stage.text("log"))
