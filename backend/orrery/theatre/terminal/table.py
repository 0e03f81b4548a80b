"""Every command by its name. A new one is a coroutine in a file of its own and one line here."""

from __future__ import annotations

from orrery.theatre.terminal import etcdctl as etcd
from orrery.theatre.terminal import kubectl
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.journal import DESCRIPTIONS
from orrery.theatre.terminal.toolbox import Place, Tool, Words
from orrery.theatre.terminal.tools import builtins, containers, listing, logs, machine, network, tcpdump, text


async def _etcdctl(place: Place, invocation: Invocation) -> int:
    return await etcd.etcdctl(invocation, place.variables)


def _etcd_words(place: Place, words: list[str], current: str) -> list[str]:
    return etcd.complete(words, current)


def _hosts(place: Place, words: list[str], current: str) -> list[str]:
    return [name for name in place.world.kernel.hosts if name.startswith(current)] if not words else []


def _units(place: Place, words: list[str], current: str) -> list[str]:
    flags = ["-u", "-f", "-n", "--since", "--until", "-o", "-p", "-r", "--no-pager", "--merge"]
    if words and words[-1] in ("-u", "--unit"):
        units = [p.name for host in place.world.kernel.hosts.values() for p in host.processes.values()]
        return [unit for unit in dict.fromkeys(units) if unit in DESCRIPTIONS and unit.startswith(current)]
    return [flag for flag in flags if flag.startswith(current)]


def _services(place: Place, words: list[str], current: str) -> list[str]:
    if not words:
        return [
            verb
            for verb in ("status", "start", "stop", "restart", "is-active", "list-units")
            if verb.startswith(current)
        ]
    return [name for name in place.host.processes if name in DESCRIPTIONS and name.startswith(current)]


def _capture(place: Place, words: list[str], current: str) -> list[str]:
    if words and words[-1] == "-i":
        return [name for name in ("any", "eth0", "lo") if name.startswith(current)]
    if words and words[-1] == "host":
        return _hosts(place, [], current)
    if words and words[-1] == "port":
        return [port for port in ("6443", "2379", "2380", "10010") if port.startswith(current)]
    return [
        word
        for word in ("-i", "-n", "-c", "port", "host", "src", "dst", "and", "or", "not")
        if word.startswith(current)
    ]


def _runtime(place: Place, words: list[str], current: str) -> list[str]:
    return (
        [name for name in ("ps", "pods", "images", "inspect", "info") if name.startswith(current)] if not words else []
    )


async def _kubectl(place: Place, invocation: Invocation) -> int:
    return await kubectl.kubectl(invocation)


async def _kubectl_words(place: Place, invocation: Invocation, words: list[str]) -> list[str]:
    return await kubectl.complete(invocation, words)


TABLE: dict[str, Tool] = {
    "kubectl": Tool(
        _kubectl,
        Words(
            "API 서버에 묻고 시킨다 (자격 증명이 있는 클라이언트에서)",
            "asks the API (from the client, where the credentials are)",
        ),
        "cluster",
        on_client=True,
        ask=_kubectl_words,
    ),
    "etcdctl": Tool(
        _etcdctl,
        Words(
            "etcd에 직접 묻는다: get, watch, endpoint status, member list …",
            "asks etcd itself: get, watch, endpoint status, member list …",
        ),
        "cluster",
        _etcd_words,
        reads_terminal=True,
    ),
    "curl": Tool(
        network.curl,
        Words(
            "API 서버에 익명으로 묻는다: curl -k https://k8s-api:6443/healthz",
            "asks an API server as nobody: curl -k https://k8s-api:6443/healthz",
        ),
        "cluster",
    ),
    "ssh": Tool(
        network.ssh,
        Words("다른 호스트로 간다: ssh worker-1 (돌아오기: exit)", "goes to another host: ssh worker-1 (back: exit)"),
        "host",
        _hosts,
    ),
    "journalctl": Tool(
        logs.journalctl,
        Words("유닛의 로그를 본다: journalctl -u kubelet -f", "the logs of a unit: journalctl -u kubelet -f"),
        "host",
        _units,
    ),
    "systemctl": Tool(
        logs.systemctl,
        Words("서비스의 상태를 보고, 멈추고, 시작한다", "shows, stops and starts services"),
        "host",
        _services,
    ),
    "tcpdump": Tool(
        tcpdump.tcpdump,
        Words(
            "오가는 메시지를 본다: tcpdump -i any port 6443 -n", "the messages that pass: tcpdump -i any port 6443 -n"
        ),
        "host",
        _capture,
    ),
    "crictl": Tool(
        containers.crictl,
        Words(
            "컨테이너 런타임에 CRI로 묻는다: ps, pods, images", "asks the container runtime over CRI: ps, pods, images"
        ),
        "host",
        _runtime,
    ),
    "ping": Tool(
        network.ping, Words("다른 호스트까지 왕복 시간을 잰다", "round trips to another host"), "host", _hosts
    ),
    "ss": Tool(machine.ss, Words("소켓: ss -ltn", "sockets: ss -ltn"), "host"),
    "ip": Tool(machine.ip, Words("주소: ip addr", "addresses: ip addr"), "host"),
    "ps": Tool(machine.ps, Words("이 호스트의 프로세스", "the processes of this host"), "host"),
    "df": Tool(listing.df, Words("디스크의 여유", "room on the disk"), "host"),
    "hostname": Tool(machine.hostname, Words("이 호스트의 이름", "this host's name"), "host"),
    "date": Tool(machine.date, Words("이 호스트의 시계", "this host's clock"), "host"),
    "uptime": Tool(machine.uptime, Words("켜진 뒤로 지난 시간", "how long it is up"), "host"),
    "uname": Tool(machine.uname, Words("운영 체제", "the operating system"), "host"),
    "whoami": Tool(machine.whoami, Words("나는 누구인가", "who I am"), "host"),
    "ls": Tool(
        listing.ls,
        Words("디스크에 무엇이 있나: ls -l /var/lib/etcd", "what lies on the disk: ls -l /var/lib/etcd"),
        "files",
    ),
    "cd": Tool(listing.cd, Words("디렉터리를 옮긴다", "changes the directory"), "files"),
    "pwd": Tool(listing.pwd, Words("지금 디렉터리", "the present directory"), "files"),
    "cat": Tool(
        text.cat,
        Words("파일을 보여 준다; cat > web.yaml <<EOF로 쓴다", "shows a file; cat > web.yaml <<EOF writes one"),
        "files",
        reads_terminal=True,
    ),
    "tail": Tool(
        text.tail, Words("파일의 끝; tail -f는 계속 따라간다", "the end of a file; tail -f follows it"), "files"
    ),
    "head": Tool(text.head, Words("파일의 처음", "the beginning of a file"), "files"),
    "grep": Tool(text.grep, Words("맞는 줄만: -i -v -c -E -n -o", "lines that match: -i -v -c -E -n -o"), "files"),
    "less": Tool(text.cat, Words("cat과 같다", "the same as cat"), "files"),
    "wc": Tool(text.wc, Words("줄, 낱말, 바이트를 센다", "counts lines, words, bytes"), "files"),
    "sort": Tool(text.sort, Words("줄을 정렬한다", "sorts lines"), "files"),
    "uniq": Tool(text.uniq, Words("같은 줄을 하나로", "one of each run of equal lines"), "files"),
    "tee": Tool(text.tee, Words("파일에도 쓴다", "writes to a file as well"), "files"),
    "touch": Tool(listing.touch, Words("빈 파일을 만든다", "makes an empty file"), "files"),
    "rm": Tool(listing.rm, Words("내 파일을 지운다", "deletes a file of one's own"), "files"),
    "echo": Tool(builtins.echo, Words("글을 쓴다", "writes text"), "shell"),
    "export": Tool(builtins.export, Words("변수를 정한다", "sets a variable"), "shell"),
    "env": Tool(builtins.env, Words("변수들", "the variables"), "shell"),
    "sleep": Tool(builtins.sleep_, Words("가상 시간을 기다린다", "waits in virtual time"), "shell"),
    "history": Tool(builtins.history, Words("쳤던 줄들", "the lines that were typed"), "shell"),
    "clear": Tool(builtins.clear, Words("화면을 비운다", "empties the screen"), "shell"),
    "exit": Tool(builtins.exit_, Words("클라이언트로 돌아간다", "back to the client"), "shell"),
    "true": Tool(builtins.true, Words("성공한다", "succeeds"), "shell"),
    "false": Tool(builtins.false, Words("실패한다", "fails"), "shell"),
    "help": Tool(builtins.help_, Words("이 목록", "this list"), "shell"),
}
