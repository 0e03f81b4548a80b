"""What is seen inside: every card opens into what its component has, at the instant on the screen."""

from live_server import ROOT

from conftest import Stage

MANIFEST = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  nodeName: worker-2
  containers:
  - {name: web, image: 'nginx:1.27', livenessProbe: {httpGet: {path: /, port: 80}}}
"""
SAYS = {
    "component:lb/load-balancer": "3 of 3 up",
    "component:cp-1/kube-apiserver": "Mutating",
    "component:cp-1/etcd": "serviceaccounts",
    "component:worker-2/kubelet": "SyncPod",
    "component:worker-2/containerd": "nginx:1.27",
    "component:worker-2/kube-proxy": "default/web",
    "host:cp-2": "kube-apiserver",
    "host:worker-2": "containerd",
}
LEADS = {"kube-scheduler": "PreFilter", "kube-controller-manager": "endpointslice"}
LEADER = """
(name) => [...document.querySelectorAll(`[data-testid$='/${name}']`)]
  .filter((card) => card.textContent.includes('leader')).map((card) => card.dataset.testid.replace('component-', ''))[0]
"""
# Text that is smaller than a rem, and boxes out of which it runs.
SMALL = """
() => {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const texts = [...document.querySelectorAll("[data-testid='inside'] *")].filter((element) => !element.closest('.sr')
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
  const boxes = [document.querySelector('.inside .body'), document.querySelector("[data-testid='opened']")];
  return [
    ...texts.filter((element) => parseFloat(getComputedStyle(element).fontSize) < rem - 0.1)
      .map((element) => element.textContent),
    ...(boxes.some((box) => box.scrollWidth > box.clientWidth + 1) ? ['too wide'] : []),
  ];
}
"""
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """
async (rules) => (await axe.run("[data-testid='opened']", {runOnly: rules})).violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`))
"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def _shown(stage: Stage, of: str) -> bool:
    """Whether the inside of this is shown, and no other any more."""
    return stage.page.locator(f"[data-testid='inside'][data-of='{of}']").count() == 1 == stage.part("inside").count()


def _open(stage: Stage, what: str) -> None:
    stage.page.evaluate("(hash) => { location.hash = hash }", f"#/?open={what}")
    stage.wait(f"{what} is opened", lambda: _shown(stage, what.partition(":")[2]))


def test_every_card_opens_into_what_its_component_has(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.open()
    stage.server.real_time(10)
    stage.apply(MANIFEST)
    stage.wait("it runs", lambda: stage.run_all("web", 1), 60)
    uid = stage.part("pod-web").get_attribute("data-pod")
    opened = {**SAYS, f"pod:{uid}": "10.244."}
    for name, word in LEADS.items():
        opened[f"component:{stage.page.evaluate(LEADER, name)}"] = word
    stage.page.evaluate(f"() => {{ {AXE.read_text()} }}")
    wrong: list[str] = []
    for theme, shown in (("light", opened), ("dark", {f"pod:{uid}": "10.244."})):
        stage.look((1280, 720), theme, "en")
        for what, word in shown.items():
            _open(stage, what)
            stage.wait(f"{what} says {word}", lambda word=word: word in stage.text("inside"))  # type: ignore[misc]
            stage.page.wait_for_timeout(350)
            wrong += [f"{theme} {what}: {line}" for line in stage.page.evaluate(CHECK, RULES)]
            wrong += [f"{theme} {what}: {line}" for line in stage.page.evaluate(SMALL)]
    assert wrong == [], "\n".join(wrong)


def test_the_inside_of_the_past_is_what_it_was(stage: Stage) -> None:
    stage.open()
    stage.server.real_time(10)
    stage.apply(MANIFEST)
    stage.wait("it runs", lambda: stage.run_all("web", 1), 60)
    uid = stage.part("pod-web").get_attribute("data-pod")
    _open(stage, f"pod:{uid}")
    stage.wait("its container runs", lambda: "running" in stage.text("container-web"))
    stage.see("8-inside-pod")
    stage.control(action="pause")
    stage.part("previous-milestone").click()
    stage.part("previous-milestone").click()
    stage.wait("it did not run yet", lambda: "not there at this instant" in stage.text("opened"))
    stage.part("back-to-live").click()
    stage.wait("it runs again", lambda: "running" in stage.text("container-web"))
    _open(stage, "host:worker-2")
    stage.part("card-worker-2/kubelet").click()
    stage.wait("a card inside opens too", lambda: _shown(stage, "worker-2/kubelet"))
    stage.part("breadcrumbs").get_by_role("button", name="worker-2").click()
    stage.wait("and one comes back", lambda: _shown(stage, "worker-2"))
    _open(stage, "component:cp-1/kube-apiserver")
    stage.page.locator("[data-testid='inside'] .lane button").first.click()
    stage.wait("a request is explained", lambda: stage.part("inspector").get_attribute("data-kind") == "event")
