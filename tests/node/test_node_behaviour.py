"""What containers do: how long they run, how they end, what they answer."""

import pytest

from orrery.node.behaviour import Behaviour, behaviour_of
from orrery.node.images import parse_reference, profile_of
from orrery.node.shell import interpret

SECOND = 1_000_000_000


def started(image: str, *argv: str, args: tuple[str, ...] = ()) -> Behaviour:
    return behaviour_of(profile_of(parse_reference(image)), argv, args)


def test_a_server_runs_until_it_is_stopped_and_heeds_sigterm() -> None:
    nginx = started("nginx")
    assert nginx.run_ns is None
    assert nginx.heeds_sigterm
    assert nginx.stop_code == 0


def test_a_server_answers_once_it_is_up_and_only_on_its_port() -> None:
    nginx = started("nginx")
    assert nginx.http_status(80, "/", 0) is None
    assert nginx.http_status(80, "/", 2 * SECOND) == 200
    assert nginx.http_status(80, "/healthz", 2 * SECOND) == 404
    assert nginx.http_status(8080, "/", 2 * SECOND) is None


@pytest.mark.parametrize(
    ("argv", "run_s", "code"),
    [
        (("sleep", "30"), 30, 0),
        (("sleep", "1.5"), 1.5, 0),
        (("sleep", "2m"), 120, 0),
        (("sleep", "infinity"), None, 0),
        (("sh", "-c", "sleep 5; exit 3"), 5, 3),
        (("/bin/sh", "-c", "echo hello && sleep 10"), 10, 0),
        (("sh", "-c", "false && sleep 60"), 0, 1),
        (("sh", "-c", "false || exit 7"), 0, 7),
        (("sh", "-c", "while true; do echo hi; sleep 5; done"), None, 0),
        (("sh", "-c", "for i in 1 2 3; do sleep 2; done; exit 4"), 6, 4),
        (("sh", "-c", "for i in $(seq 1 4); do sleep 1; done"), 4, 0),
        (("sh", "-c", "tail -f /dev/null"), None, 0),
        (("false",), 0, 1),
    ],
)
def test_commands_run_as_long_as_they_say(argv: tuple[str, ...], run_s: float | None, code: int) -> None:
    behaviour = started("busybox", *argv)
    if run_s is None:
        assert behaviour.run_ns is None
    else:
        assert behaviour.run_ns is not None
        assert run_s * SECOND <= behaviour.run_ns < (run_s + 0.1) * SECOND
        assert behaviour.exit_code == code


def test_a_shell_without_a_terminal_is_done_at_once() -> None:
    assert started("busybox").run_ns == 20_000_000
    assert started("busybox").exit_code == 0


def test_a_shell_ignores_sigterm_as_process_one() -> None:
    assert not started("busybox", "sleep", "3600").heeds_sigterm


def test_a_command_that_is_not_there_cannot_be_started() -> None:
    assert started("busybox", "run-the-shop").error == 'exec: "run-the-shop": executable file not found in $PATH'


def test_files_come_and_go_as_the_script_says() -> None:
    script = "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"
    behaviour = started("busybox", "/bin/sh", "-c", script)
    assert behaviour.file_exists("/tmp/healthy", 10 * SECOND)
    assert not behaviour.file_exists("/tmp/healthy", 31 * SECOND)


def test_the_liveness_example_sickens_after_ten_seconds() -> None:
    agnhost = started("registry.k8s.io/e2e-test-images/agnhost:2.40", args=("liveness",))
    assert agnhost.http_status(8080, "/healthz", 5 * SECOND) == 200
    assert agnhost.http_status(8080, "/healthz", 11 * SECOND) == 500


def test_words_that_are_no_shell_script_do_no_harm() -> None:
    assert interpret("echo 'unbalanced").exit_code == 0
    assert interpret("").duration_ns == 0
