"""Sessions: pipes, files, interrupts, here-documents, other hosts; and a run with them, replayed, is the same run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from terminal_seat import Seat, fresh, shared

from orrery.cluster import default_config
from orrery.theatre.production import Production


@pytest.fixture
def seat() -> Iterator[Seat]:
    yield from shared()


def test_a_session_begins_on_the_first_control_plane(seat: Seat) -> None:
    assert seat.prompt == "root@cp-1:~# "
    assert seat.run("hostname") == "cp-1\n"


def test_help_lists_every_command_in_the_page_s_language(seat: Seat) -> None:
    english = seat.run("help")
    seat.language = "ko"
    korean = seat.run("help")
    for command in ("etcdctl", "journalctl", "tcpdump", "tail", "grep", "cat", "ls", "help"):
        assert f"  {command} " in english and f"  {command} " in korean
    assert "이 목록" in korean and "this list" in english


def test_pipes_lists_and_codes(seat: Seat) -> None:
    assert seat.run("echo b; echo a | cat && echo c || echo d") == "b\na\nc\n"
    assert seat.run("false || echo no; false && echo yes; echo $?") == "no\n1\n"
    assert seat.run("cat web.yaml | grep -c name | wc -l") == "1\n"
    assert "command not found" in seat.run("frobnicate --now")
    assert seat.run("echo $?") == "127\n"


def test_files_of_the_session_are_written_read_and_listed(seat: Seat) -> None:
    assert seat.run("echo one > a.txt; echo two >> a.txt; cat a.txt; rm a.txt; cat a.txt") == (
        "one\ntwo\ncat: a.txt: No such file or directory\n"
    )
    assert "Read-only file system" in seat.run("echo x > /var/lib/etcd/x")
    assert seat.run("echo *.yaml") == "pod.yaml service.yaml too-big.yaml web.yaml\n"
    assert seat.run("X='a  b'; echo $X; echo \"$X\" '$X'") == "a b\na  b $X\n"


def test_a_here_document_is_typed_line_by_line(seat: Seat) -> None:
    seat.type("cat > own.yaml <<EOF")
    assert (seat.kind, seat.prompt) == ("more", "> ")
    seat.type("kind: Pod")
    seat.type("user: $USER")
    assert seat.run("EOF") == ""
    assert seat.run("cat own.yaml") == "kind: Pod\nuser: root\n"


def test_what_is_typed_while_cat_reads_goes_to_it_until_the_end(seat: Seat) -> None:
    seat.type("cat > typed.txt")
    seat.wait(0.01)
    assert seat.kind == "reading"
    seat.type("first")
    seat.wait(0.01)
    seat.production.terminal.end_of_input(seat.session)
    seat.wait(0.01)
    assert seat.kind == "ready" and seat.run("cat typed.txt") == "first\n"


def test_an_interrupt_ends_the_whole_line_and_gives_130(seat: Seat) -> None:
    seat.stream("sleep 1000; echo never")
    seat.interrupt()
    assert seat.kind == "ready" and "never" not in seat.printed
    assert seat.run("echo $?") == "130\n"
    seat.type("echo 'half")
    assert seat.kind == "more"
    seat.interrupt()
    assert seat.kind == "ready"


def test_a_writer_whose_reader_is_gone_ends(seat: Seat) -> None:
    assert seat.run("tcpdump -i any | head -2", limit_s=60).count("IP ") == 2


def test_what_is_typed_ahead_runs_afterwards(seat: Seat) -> None:
    seat.printed = ""
    seat.type("sleep 1")
    seat.type("echo later")
    seat.wait(1.5)
    assert seat.printed.endswith("echo later\nlater\n") and seat.kind == "ready"


def test_ssh_goes_to_another_host_and_exit_to_the_client(seat: Seat) -> None:
    seat.run("ssh worker-1")
    assert seat.prompt == "root@worker-1:~# "
    assert seat.run("ssh cp-2 hostname; hostname") == "cp-2\nworker-1\n"
    seat.run("exit")
    assert seat.prompt == "root@client:~# "
    assert "Could not resolve hostname moon" in seat.run("ssh moon")


def test_completion_knows_commands_files_hosts_units_and_subcommands(seat: Seat) -> None:
    assert seat.complete("jour") == ["journalctl"]
    assert seat.complete("ssh work") == [f"worker-{n}" for n in (1, 2, 3, 4)]
    assert "kubelet" in seat.complete("journalctl -u ku")
    assert seat.complete("etcdctl endpoint ") == ["health", "status"]
    assert seat.complete("cat w") == ["web.yaml"]
    assert seat.complete("ls /var/lib/e") == ["/var/lib/etcd/"]
    assert seat.complete("echo x | gre") == ["grep"]
    assert seat.complete("kubectl get nodes worker-") == [f"worker-{n}" for n in (1, 2, 3, 4)]
    assert seat.complete("kubectl descr") == ["describe"]


def test_a_shell_dies_with_its_host_and_says_so() -> None:
    seat = fresh()
    seat.stream("sleep 1000")
    seat.production.acts.fault("crash-host", host="cp-1")
    seat.wait(0.01)
    assert seat.kind == "ready" and "Connection to cp-1 closed by remote host." in seat.printed
    assert "No route to host" in seat.run("hostname")


def test_a_command_whose_process_is_killed_ends_and_says_so() -> None:
    seat = fresh()
    seat.stream("kubectl get pods -w")
    seat.production.acts.fault("crash-process", component="client/kubectl")
    seat.wait(0.01)
    assert seat.kind == "ready" and seat.printed.endswith("Killed\n")
    assert "client/kubectl is crashed" in seat.run("kubectl get pods")


def test_sessions_that_nobody_looks_at_any_more_make_room() -> None:
    seat = fresh()
    seat.stream("sleep 100000")
    again = Production(7, default_config())
    again.kernel.inbox.replay(seat.production.kernel.inbox.inputs, until_ns=seat.production.kernel.now_ns)
    newcomer = Seat(again)
    assert newcomer.session == seat.session + 1 and newcomer.run("hostname") == "cp-1\n"
    kinds = [item.kind for item in again.kernel.inbox.inputs]
    assert kinds[-3:] == ["terminal-close", "terminal-open", "terminal-line"]


def test_there_is_an_end_to_sessions_lines_and_files() -> None:
    seat = fresh()
    for _ in range(31):
        Seat(seat.production)
    with pytest.raises(ValueError, match="too many terminals"):
        Seat(seat.production)
    with pytest.raises(ValueError, match="too long"):
        seat.type("x" * 20_000)
    assert "No space left" in seat.run("; ".join(f"echo x > f{n}" for n in range(80)))


def test_a_shell_is_no_part_of_the_cluster_on_the_stage() -> None:
    seat = fresh()
    seat.run("hostname")
    stage = seat.production.stage
    stage.drain()
    assert "cp-1/shell" not in stage.records and "cp-1/etcd" in stage.records


def test_a_run_with_a_terminal_is_the_same_when_it_is_replayed() -> None:
    seat = fresh()
    for line in ("etcdctl put /a b && etcdctl get / --prefix --keys-only > keys.txt; wc -l keys.txt", "ping -c 2 cp-2"):
        seat.run(line)
    seat.stream("tail -f /var/log/audit.log | grep Pod")
    seat.production.acts.apply([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}])
    seat.wait(2)
    seat.interrupt()
    seat.stream("tcpdump -i any port 2379 -n | head -50 | sort")
    seat.production.terminal.close(seat.session)
    seat.wait(1)
    kernel = seat.production.kernel
    again = Production(7, default_config())
    again.kernel.inbox.replay(kernel.inbox.inputs, until_ns=kernel.now_ns)
    assert again.kernel.trace.digest() == kernel.trace.digest()
    assert kernel.faults.bugs == []
