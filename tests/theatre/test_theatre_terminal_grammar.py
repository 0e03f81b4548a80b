"""What the shell reads: words, quotes, pipes, lists, redirections, here-documents, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orrery.theatre.terminal import grammar
from orrery.theatre.terminal.grammar import Refused, Unfinished, parse, split_words, substitute
from orrery.theatre.terminal.options import UsageError, read
from orrery.theatre.terminal.tools.patterns import compile_pattern


def words(text: str) -> list[list[str]]:
    """The words of each command of the only pipeline, quotes taken off."""
    (pipeline,) = parse(text)
    return [["".join(piece.text for piece in word) for word in command.words] for command in pipeline.commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kubectl get nodes -o wide", [["kubectl", "get", "nodes", "-o", "wide"]]),
        ("kubectl get --raw='/healthz'", [["kubectl", "get", "--raw=/healthz"]]),
        ('tail -f /var/log/audit.log | grep "Pod"', [["tail", "-f", "/var/log/audit.log"], ["grep", "Pod"]]),
        ("echo a\\ b 'c d'e", [["echo", "a b", "c de"]]),
        ("echo 'it''s' \"a\\\"b\"", [["echo", "its", 'a"b']]),
        ("a|b|c", [["a"], ["b"], ["c"]]),
        ("echo x # the rest is a comment", [["echo", "x"]]),
        ("etcdctl \\\n --cacert=x \\\n endpoint health", [["etcdctl", "--cacert=x", "endpoint", "health"]]),
        ("echo a#b", [["echo", "a#b"]]),
    ],
)
def test_words_and_pipes(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


def test_lists_are_pipelines_with_what_stands_before_them() -> None:
    assert [(p.joint, len(p.commands)) for p in parse("a && b | c || d; e")] == [
        (";", 1), ("&&", 2), ("||", 1), (";", 1)
    ]  # fmt: skip


def test_redirections_belong_to_their_command() -> None:
    (pipeline,) = parse("sort < in.txt 2>&1 >> out.txt | wc 2> /dev/null")
    first, second = pipeline.commands
    assert [(r.operator, "".join(p.text for p in r.target)) for r in first.redirections] == [
        ("<", "in.txt"), ("2>&1", ""), (">>", "out.txt")
    ]  # fmt: skip
    assert [r.operator for r in second.redirections] == ["2>"]


def test_a_here_document_lasts_until_its_end_word() -> None:
    with pytest.raises(Unfinished):
        parse("cat > web.yaml <<EOF\nkind: Pod\n")
    first, second = parse("cat > web.yaml <<EOF\nkind: Pod\n  a: $X\nEOF\necho done")
    here = first.commands[0].redirections[1]
    assert (here.text, here.expand) == ("kind: Pod\n  a: $X\n", True)
    assert len(second.commands) == 1
    assert not parse("cat <<'EOF'\n$X\nEOF")[0].commands[0].redirections[0].expand


@pytest.mark.parametrize("text", ["echo 'a", 'echo "a', "a |", "a &&", "a \\"])
def test_what_is_open_goes_on(text: str) -> None:
    with pytest.raises(Unfinished):
        parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a | | b", "unexpected token `|'"),
        ("| a", "unexpected token `|'"),
        ("a &", "no background jobs"),
        ("for x in 1 2; do echo; done", "more than this shell can"),
        ("echo $(date)", "more than this shell can"),
        ("a > ", "unexpected token"),
        ("(a)", "unexpected token `('"),
    ],
)
def test_what_it_cannot_do_it_refuses_by_name(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence.replace("(", r"\(").replace("|", r"\|")):
        parse(text)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    split_words(text)
    try:
        parse(text)
    except (Refused, Unfinished):
        pass


def test_variables_are_values_unless_escaped() -> None:
    assert substitute("$A-${B}-$C-\0A", {"A": "1", "B": "2"}) == "1-2--$A"


def test_the_word_being_typed_is_known() -> None:
    assert split_words("kubectl get po") == (["kubectl", "get"], "po", "")
    assert split_words("ls | grep -v ") == (["grep", "-v"], "", "")
    assert split_words('echo "a b') == (["echo"], "a b", '"')


def test_flags_are_read_as_the_tools_read_them() -> None:
    flags, short = {"lines": True, "follow": False, "unit": True}, {"n": "lines", "f": "follow", "u": "unit"}
    options = read(["-u", "kubelet", "-fn5", "--lines=7", "x", "--", "-y"], flags, short)
    assert options.all("lines") == ["5", "7"] and options.last("unit") == "kubelet" and "follow" in options
    assert options.rest == ["x", "-y"]
    with pytest.raises(UsageError, match="unknown flag: --no"):
        read(["--no"], flags, short)
    with pytest.raises(UsageError, match="flag needs an argument: -n"):
        read(["-n"], flags, short)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", ".*.*.*.*.*x", "(.*)\\1"])
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="for ever"):
        compile_pattern(pattern, extended=True, fixed=False, ignore_case=False, whole_word=False)


def test_basic_and_extended_patterns_differ_as_in_grep() -> None:
    def finds(pattern: str, text: str, *, extended: bool) -> bool:
        made = compile_pattern(pattern, extended=extended, fixed=False, ignore_case=False, whole_word=False)
        return made.search(text) is not None

    assert finds("a\\|b", "b", extended=False) and not finds("a|b", "b", extended=False)
    assert finds("a|b", "b", extended=True) and finds("^[[:digit:]]*x", "12x", extended=False)
    assert grammar.parse("grep 'a\\|b'")
