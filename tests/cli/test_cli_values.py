"""What people type: spans, seeds, ports."""

import pytest

from orrery.cli.application import COMMANDS, run
from orrery.cli.values import parse_span_ns


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("60s", 60_000_000_000),
        ("1h30m", 5_400_000_000_000),
        ("500ms", 500_000_000),
        ("1.5s", 1_500_000_000),
        ("2us", 2_000),
    ],
)
def test_a_span_is_read_as_kubectl_writes_it(text: str, nanoseconds: int) -> None:
    assert parse_span_ns(text) == nanoseconds


@pytest.mark.parametrize("text", ["", "60", "s", "1h 30m", "-1s", "1d", "60s!"])
def test_what_is_not_a_span_is_refused(text: str) -> None:
    assert parse_span_ns(text) is None


@pytest.mark.parametrize("seed", ["abc", "-1", "1.5", "", "9007199254740992", "0x10", "١"])
@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_bad_seed_is_one_sentence_that_names_it_and_exit_code_2(
    command: str, seed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    span = ["--for", "1s"] if command == "run" else []
    assert run([command, *span, f"--seed={seed}"]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "--seed" in message and f"'{seed}'" in message and "whole number" in message


def test_an_unknown_command_is_one_sentence_with_the_way_to_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly"]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "fly" in message and "orrery --help" in message


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_a_help_worth_reading(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"orrery {command}" in text
    assert len(text.splitlines()) > 8


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(command in text for command in COMMANDS)
