"""Each tool on a real production prints what the real tool prints; CMD-06 to CMD-08 work as the lecture writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson
import pytest
from terminal_seat import Seat, fresh, shared

from orrery.theatre.scenes.manifests import deployment

JOURNAL = re.compile(r"^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d (\S+) ([\w-]+)\[\d+\]: (.*)$")
PACKET = re.compile(
    r"^\d\d:\d\d:\d\d\.\d{6} (eth0|lo) +(In |Out) IP (\d+(?:\.\d+){3})\.(\d+) > (\d+(?:\.\d+){3})\.(\d+): "
    r"Flags \[[SFRP.]+\], (seq \d+(:\d+)?, )?(ack \d+, )?win \d+, length \d+$"
)


@pytest.fixture
def seat() -> Iterator[Seat]:
    yield from shared()


def plain(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def test_cmd_06_follows_the_audit_log_of_this_api_server() -> None:
    seat = fresh()
    seat.stream('tail -f /var/log/audit.log | grep "Pod"')
    seat.production.acts.apply([deployment("web", replicas=4)])
    seat.wait(10)
    seat.interrupt()
    entries = [orjson.loads(line) for line in plain(seat.printed)]
    assert entries and all(entry["kind"] == "Event" for entry in entries)
    assert any(entry["objectRef"]["resource"] == "pods" and entry["level"] == "Request" for entry in entries)


def test_cmd_07_follows_the_kubelets_journal() -> None:
    seat = fresh(host="worker-1")
    seat.stream("journalctl --merge -u kubelet -f")
    seat.production.acts.apply([deployment("web", replicas=4)])
    seat.wait(10)
    seat.interrupt()
    lines = plain(seat.printed)
    found = [match for line in lines if (match := JOURNAL.match(line))]
    assert len(found) == len(lines) and {match[2] for match in found} == {"kubelet"}
    said = "\n".join(match[3] for match in found)
    assert '"SyncLoop ADD" source="api" pods=["default/web-' in said
    assert '"SyncLoop (PLEG): event for pod" pod="default/web-' in said and '"Type":"ContainerStarted"' in said
    assert all(re.match(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+\] ", match[3]) for match in found)


def test_cmd_08_shows_each_message_over_a_port_and_counts_them(seat: Seat) -> None:
    seat.stream("tcpdump -i any port 6443 -n", seconds=6)
    lines = seat.interrupt().splitlines()
    assert lines[:3] == [
        "tcpdump: data link type LINUX_SLL2",
        "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode",
        "listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes",
    ]
    packets = [match for line in lines[3:-3] if (match := PACKET.match(line))]
    assert packets and len(packets) == len(lines) - 6
    assert all("6443" in (match[4], match[6]) for match in packets)
    assert all("10.0.0.11" in (match[3], match[5]) for match in packets)
    count = len(packets)
    assert lines[-3:] == [
        f"{count} packets captured", f"{count} packets received by filter", "0 packets dropped by kernel"
    ]  # fmt: skip


def test_tcpdump_s_filters_choose(seat: Seat) -> None:
    out = seat.run("tcpdump -i any -n -c 4 tcp port 2380 and src host cp-2", limit_s=60)
    packets = [match for line in out.splitlines() if (match := PACKET.match(line))]
    assert len(packets) == 4 and all(match[3] == "10.0.0.12" and match[6] == "2380" for match in packets)
    assert "syntax error" in seat.run("tcpdump port") and "unknown host 'moon'" in seat.run("tcpdump host moon")


def test_journalctl_looks_elsewhere_for_a_unit_that_this_host_has_not_and_says_so(seat: Seat) -> None:
    note, *lines = plain(seat.run("journalctl -u containerd -n 4"))
    found = [match for line in lines if (match := JOURNAL.match(line))]
    if "containerd" not in seat.production.kernel.hosts["cp-1"].processes:
        assert note.startswith("-- cp-1 runs no containerd: the journals of worker-1, worker-2, worker-3, worker-4")
        assert {match[1] for match in found} <= {f"worker-{n}" for n in (1, 2, 3, 4)}


def test_journalctl_chooses_by_unit_time_priority_and_words(seat: Seat) -> None:
    assert plain(seat.run("journalctl -u etcd -u kube-apiserver -o cat -n 1")) != []
    assert seat.run("journalctl -u nothing-of-the-kind") == "-- No entries --\n"
    assert seat.run("journalctl --since '-1s' -p err") == "-- No entries --\n"
    assert all("leader" in line for line in plain(seat.run("journalctl -u kube-scheduler -g leader")))
    first = orjson.loads(seat.run("journalctl -u kube-apiserver -o json -n 1"))
    assert first["_HOSTNAME"] == "cp-1" and first["_SYSTEMD_UNIT"] == "kube-apiserver.service"
    assert "Failed to parse timestamp: soon" in seat.run("journalctl --since soon")


def test_systemctl_stops_and_starts_a_service_and_the_journal_tells() -> None:
    seat = fresh(host="worker-1")
    assert "Active: active (running) since Thu 2026-01-01" in "\n".join(plain(seat.run("systemctl status kubelet")))
    assert seat.run("systemctl stop kubelet; systemctl is-active kubelet") == "inactive\n"
    assert "inactive (dead)" in seat.run("systemctl status kubelet")
    seat.run("systemctl start kubelet")
    seat.wait(3)
    said = plain(seat.run("journalctl -u kubelet -n 8 -t systemd"))
    assert [JOURNAL.match(line)[3] for line in said][-3:] == [  # type: ignore[index]
        "kubelet.service: Main process exited, code=killed, status=9/KILL",
        "kubelet.service: Failed with result 'signal'.",
        "Started kubelet.service - kubelet: The Kubernetes Node Agent.",
    ]
    assert "Unit nothing.service could not be found." in seat.run("systemctl status nothing")


def test_crictl_asks_the_runtime_over_cri() -> None:
    seat = fresh(host="worker-1")
    seat.production.acts.apply([deployment("web", replicas=8)])
    seat.wait(15)
    header, *rows = seat.run("crictl ps").splitlines()
    assert " ".join(header.split()) == "CONTAINER IMAGE CREATED STATE NAME ATTEMPT POD ID POD NAMESPACE"
    assert rows and all("Running" in row and " web" in row for row in rows)
    assert len(seat.run("crictl pods -q").split()) == len(rows)
    assert "nginx" in seat.run("crictl images")
    seat.run("ssh cp-1")
    assert "runs no containerd: ssh worker-1" in seat.run("crictl ps")


def test_ls_shows_the_member_s_files_on_the_simulated_disk(seat: Seat) -> None:
    assert plain(seat.run("ls /var/lib/etcd /var/lib/etcd/member"))[-1].split() == ["snap", "wal"] or "wal" in seat.run(
        "ls /var/lib/etcd/member"
    )
    total, first, *_ = plain(seat.run("ls -l /var/lib/etcd/member/wal"))
    assert re.fullmatch(r"total \d+", total)
    assert re.fullmatch(r"-rw------- 1 root root \d+ Jan  1 \d\d:\d\d 0{16}", first)
    assert "cannot access '/none': No such file or directory" in seat.run("ls /none")
    assert "/var/log/audit.log is on cp-1" in seat.run("ssh worker-1 ls /var/log/audit.log")


def test_text_tools_do_what_they_do_everywhere(seat: Seat) -> None:
    seat.run("cat > t.txt <<E\npear\napple\nApple\napple\nE")
    assert seat.run("sort t.txt | uniq -c | head -1") == "      1 Apple\n"
    assert seat.run("grep -in apple t.txt | cat") == "2:apple\n3:Apple\n4:apple\n"
    assert seat.run("grep -vc apple t.txt; grep -o 'p*' t.txt | wc -l") == "2\n4\n"
    assert seat.run("tail -n 2 t.txt; head -n 1 t.txt") == "Apple\napple\npear\n"
    assert seat.run("wc t.txt") == "      4       4      23 t.txt\n"
    assert seat.run("tail -n +3 t.txt | tee u.txt | cat -n") == "     1\tApple\n     2\tapple\n"
    assert seat.run("cat u.txt") == "Apple\napple\n"
    assert "tail: cannot open 'none' for reading: No such file or directory" in seat.run("tail none")
    assert seat.run("grep pear t.txt") == "\x1b[01;31mpear\x1b[0m\n"


def test_a_host_says_what_it_is(seat: Seat) -> None:
    assert "inet 10.0.0.11/24 scope global eth0" in seat.run("ip addr")
    assert re.match(r"Thu Jan  1 00:\d\d:\d\d UTC 2026\n", seat.run("date"))
    assert re.search(r"up \d+ min", seat.run("uptime"))
    assert re.search(r"LISTEN +0 +4096 +\*:6443 +\*:\*", seat.run("ss -ltn"))
    assert "10.0.0.21\tworker-1" in seat.run("cat /etc/hosts")
    assert seat.run("whoami; pwd; cd /var/log; pwd; cd") == "root\n/root\n/var/log\n"


def test_ping_measures_round_trips_and_sees_a_cut() -> None:
    seat = fresh()
    out = seat.run("ping -c 3 worker-1")
    assert out.startswith("PING worker-1 (10.0.0.21) 56(84) bytes of data.\n")
    assert len(re.findall(r"icmp_seq=\d ttl=64 time=[\d.]+ ms", out)) == 3
    assert "3 packets transmitted, 3 received, 0% packet loss" in out and "rtt min/avg/max/mdev = " in out
    seat.production.acts.fault("cut-link", a="cp-1", b="worker-1")
    assert "2 packets transmitted, 0 received, 100% packet loss" in seat.run("ping -c 2 worker-1")
    assert "Connection timed out" in seat.run("ssh worker-1")


def test_curl_asks_an_api_server_as_nobody(seat: Seat) -> None:
    assert seat.run("curl -k https://k8s-api:6443/healthz").strip() == "ok"
    assert '"reason": "Forbidden"' in seat.run("curl -ks https://cp-1:6443/api/v1/pods")
    assert "Couldn't connect to server" in seat.run("curl -k https://worker-1:6443/healthz")
