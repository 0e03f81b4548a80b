"""All sessions of a run. Whatever is typed comes through the kernel's inbox: recorded, and replayed exactly.

The shell on a host is a simulated process there ("cp-1/shell"), begun when it is first needed; on the client it is the
"kubectl" process that every cluster has. `kubectl` always runs on the client, where the credentials are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orrery.cluster import ClusterConfig
from orrery.kernel import Kernel, Process
from orrery.theatre.terminal import programs
from orrery.theatre.terminal.completion import ITEMS_MOST, Completion, complete, words_to_ask
from orrery.theatre.terminal.examples import HOME_FILES
from orrery.theatre.terminal.journal import Journal
from orrery.theatre.terminal.session import Audience, Session
from orrery.theatre.terminal.table import TABLE
from orrery.theatre.terminal.toolbox import SHELL, World

SESSIONS_MOST = 32
LINE_MOST = 16 << 10
CLIENT_PROCESS = "kubectl"


class Terminal:
    """Made before the cluster boots, so that the journals are whole."""

    def __init__(self, kernel: Kernel, config: ClusterConfig) -> None:
        self._kernel = kernel
        self._config = config
        programs.install(kernel, config)
        self._world = World(kernel, config, Journal(kernel), self._shell_on)
        self._sessions: dict[int, Session] = {}
        self._count = 0
        self._questions = 0
        self._answers: dict[int, Callable[[list[str]], object]] = {}
        for kind, handler in {
            "terminal-open": self._open,
            "terminal-line": self._line,
            "terminal-interrupt": self._interrupt,
            "terminal-end-of-input": self._end_of_input,
            "terminal-close": self._close,
            "terminal-complete": self._complete,
        }.items():
            kernel.inbox.handle(kind, handler)

    # -- from outside

    def open(self, audience: Audience, *, language: str = "en", host: str = "") -> int:
        """Begins a session; gives its number. Raises ValueError where there are too many, or there is no such host."""
        for orphan in [number for number, session in self._sessions.items() if session.audience is None]:
            self.close(orphan)  # of a run that was played again: nobody will ever look at it
        number = self._count + 1
        self._kernel.inbox.take("terminal-open", {"session": number, "language": language, "host": host})
        session = self._sessions[number]
        session.audience = audience
        session.tell_prompt()
        return number

    def type(self, session: int, text: str, *, columns: int, language: str) -> None:
        """A line was typed, without its line feed."""
        if len(text) > LINE_MOST:
            raise ValueError("the line is too long")
        payload = {"session": session, "text": text, "columns": min(max(columns, 20), 500), "language": language}
        self._kernel.inbox.take("terminal-line", payload)

    def interrupt(self, session: int) -> None:
        self._kernel.inbox.take("terminal-interrupt", {"session": session})

    def end_of_input(self, session: int) -> None:
        self._kernel.inbox.take("terminal-end-of-input", {"session": session})

    def close(self, session: int) -> None:
        """Nobody looks any more."""
        if session in self._sessions:
            self._kernel.inbox.take("terminal-close", {"session": session})

    def complete(self, session: int, text: str, answer: Callable[[Completion], object]) -> None:
        """Answers what the word at the end of a text may become. At once, where looking is enough; what has to ask the
        cluster is an input of the run."""
        found = self._sessions.get(session)
        if found is None:
            return
        words = words_to_ask(found.place, text)
        if words is None:
            answer(complete(found.place, text))
            return
        self._questions += 1
        begin = len(text) - len(words[-1])
        self._answers[self._questions] = lambda items: answer(Completion(begin, tuple(items[:ITEMS_MOST])))
        payload = {"session": session, "question": self._questions, "words": words}
        self._kernel.inbox.take("terminal-complete", payload)

    # -- in the simulation

    def _open(self, payload: Mapping[str, Any]) -> None:
        number = self._count = int(payload["session"])
        if len(self._sessions) >= SESSIONS_MOST:
            raise ValueError("there are too many terminals: close one")
        host = str(payload["host"]) or self._config.control_planes[0].name
        if host not in self._kernel.hosts:
            raise ValueError(f"there is no host {host!r}")
        session = Session(number, self._world, TABLE, host, dict(HOME_FILES))
        session.set_language("ko" if payload["language"] == "ko" else "en")
        self._sessions[number] = session

    def _line(self, payload: Mapping[str, Any]) -> None:
        session = self._sessions.get(payload["session"])
        if session is not None:
            session.columns = payload["columns"]
            session.set_language("ko" if payload["language"] == "ko" else "en")
            session.take_line(payload["text"])

    def _interrupt(self, payload: Mapping[str, Any]) -> None:
        session = self._sessions.get(payload["session"])
        if session is not None:
            session.interrupt()

    def _end_of_input(self, payload: Mapping[str, Any]) -> None:
        session = self._sessions.get(payload["session"])
        if session is not None:
            session.end_of_input()

    def _close(self, payload: Mapping[str, Any]) -> None:
        session = self._sessions.pop(payload["session"], None)
        if session is not None:
            session.end()

    def _complete(self, payload: Mapping[str, Any]) -> None:
        question = self._questions = payload["question"]
        session = self._sessions.get(payload["session"])
        if session is not None:
            session.ask(payload["words"], lambda items: self._answers.pop(question, list)(items))

    def _shell_on(self, host_name: str) -> Process:
        """The process in which commands run on a host. Raises OSError where there is none to be had."""
        host = self._kernel.hosts[host_name]
        if not host.up:
            raise OSError(f"ssh: connect to host {host_name} port 22: No route to host")
        name = CLIENT_PROCESS if host_name == self._config.client.name else SHELL
        process = host.processes.get(name) or host.add_process(name, _wait)
        if not process.alive:
            raise OSError(f"the shell on {host_name} is not running: {process.id} is {process.state}")
        if process.state == "hung":
            raise OSError(f"{process.id} hangs: nothing answers")
        return process


async def _wait(process: Process) -> None:
    await process.event().wait()
