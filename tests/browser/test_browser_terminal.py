"""The terminal as a person uses it: CMD-01 prints, CMD-09 streams while one watches the stage, Ctrl-C ends it."""

from __future__ import annotations

from conftest import Stage


def printed(stage: Stage) -> str:
    """What stands in the terminal, row by row."""
    rows: list[str] = stage.page.locator(".xterm-rows > div").all_inner_texts()
    return "\n".join(row.replace("\xa0", " ").rstrip() for row in rows)


def type_line(stage: Stage, text: str) -> None:
    stage.page.keyboard.type(text)
    stage.page.keyboard.press("Enter")


def test_one_types_the_lecture_s_commands_and_watches(stage: Stage) -> None:
    stage.open()
    stage.go("terminal")
    stage.wait("the prompt", lambda: "root@cp-1:~#" in printed(stage))
    stage.page.locator(".xterm-helper-textarea").focus()
    type_line(stage, "kubectl get nodes -o wide")
    stage.wait("the nodes", lambda: printed(stage).count(" Ready ") >= 4)
    assert "CONTAINER-RUNTIME" in printed(stage) and "10.0.0.21" in printed(stage)
    stage.page.keyboard.type("etcdctl endp")
    stage.page.keyboard.press("Tab")
    stage.wait("the completion", lambda: "etcdctl endpoint" in printed(stage))
    stage.page.keyboard.press("Control+u")
    stage.see("terminal")

    stage.part("terminal-below").click()
    stage.wait("the stage above the drawer", lambda: stage.part("component-cp-1/etcd").count() == 1)
    stage.page.locator(".xterm-helper-textarea").focus()
    type_line(stage, "clear")
    type_line(stage, "etcdctl watch --prefix /registry/pods/")
    stage.control(action="mode", mode="real-time")
    stage.part("run-deployment").click()
    stage.wait("Pods as etcd writes them", lambda: '"hostIP":"10.0.0.2' in printed(stage).replace("\n", ""))
    stage.see("terminal-drawer")
    stage.page.locator(".xterm-helper-textarea").focus()
    stage.page.keyboard.press("Control+c")
    stage.wait("the prompt again", lambda: printed(stage).rstrip().endswith("root@cp-1:~#"))
    stage.part("terminal-hide").click()
    assert stage.part("terminal-drawer").count() == 0
