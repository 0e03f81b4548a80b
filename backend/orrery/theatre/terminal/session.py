"""One session: a prompt, what is typed at it, and the commands that run because of it.

Everything here happens in the simulation, and is the same in a replay; what is printed goes to an audience that a
replay does not have. One line runs at a time; what is typed meanwhile waits, or is read by the command that runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from orrery.kernel import SECOND, Cancelled, Kernel, Process, Queue, RpcError, Task, TimeoutExpired
from orrery.theatre.terminal import expand, grammar
from orrery.theatre.terminal.command import Input, Invocation
from orrery.theatre.terminal.files import HOME, Files, Readable
from orrery.theatre.terminal.grammar import Command, Pipeline, Refused, Unfinished
from orrery.theatre.terminal.options import UsageError
from orrery.theatre.terminal.pipes import FileWriter, Pipe, Text
from orrery.theatre.terminal.toolbox import Language, NoInput, Place, Tool, World

TYPED_MOST = 200
TEXT_MOST = 64 << 10
HISTORY_MOST = 500
ASKING_NS = 3 * SECOND
INTERRUPTED, KILLED, NOT_FOUND, BUG = 130, 137, 127, 70

PromptKind = Literal["ready", "more", "reading", "busy"]


class Audience(Protocol):
    """Who looks at a session from outside."""

    def on_output(self, text: str) -> object: ...

    def on_prompt(self, kind: PromptKind, text: str) -> object: ...


@dataclass(slots=True)
class _Stage:
    """One command of a pipeline that runs."""

    task: Task
    process: Process
    code: int = KILLED  # unless it comes to its end


class Session:
    def __init__(self, number: int, world: World, tools: dict[str, Tool], host: str, home: dict[str, str]) -> None:
        self.number = number
        self.audience: Audience | None = None
        self._world = world
        self._kernel: Kernel = world.kernel
        self._tools = tools
        self.columns = 120
        self.place = Place(world, Files(world.kernel, world.kernel.hosts[host], home), {}, [], commands=tools)
        self.place.variables.update({"HOME": HOME, "USER": "root", "PWD": HOME})
        apart = world.config.etcd
        if apart:  # no control plane has a member of its own: as an operator of such a cluster would have it
            self.place.variables["ETCDCTL_ENDPOINTS"] = ",".join(f"https://{member.name}:2379" for member in apart)
        self.place.clear = lambda: self._print("\x1b[H\x1b[2J\x1b[3J")
        self._pending = ""  # lines of something that goes on
        self._typed: Queue[str | None] = Queue(self._kernel)
        self._reading = False
        self._driver: Task | None = None
        self._stages: list[_Stage] = []
        self._interrupted = False
        self.kind: PromptKind = "ready"

    # -- from the keyboard

    def take_line(self, text: str) -> None:
        if self._driver is not None:
            if len(self._typed) < TYPED_MOST:
                self._typed.put(text)
        else:
            self._begin(text)

    def interrupt(self) -> None:
        """Ctrl-C: what runs is cancelled; what was half typed is forgotten."""
        self._pending = ""
        while len(self._typed):
            self._typed.get_nowait()
        if self._driver is None:
            self._prompt("ready")
            return
        again, self._interrupted = self._interrupted, True
        for stage in self._stages:
            if again:
                stage.task.kill()
            else:
                stage.task.cancel()

    def end_of_input(self) -> None:
        """Ctrl-D on an empty line."""
        if self._driver is not None:
            self._typed.put(None)
        elif self._pending:
            self._print("syntax error: unexpected end of file\n")
            self._pending = ""
            self._prompt("ready")
        else:
            self._begin("exit")

    def end(self) -> None:
        """Nobody is there any more: what runs is ended."""
        self.audience = None
        if self._driver is not None:
            self._driver.kill()
        for stage in self._stages:
            stage.task.kill()

    def prompt_text(self) -> str:
        host, directory = self.place.host, self.place.files.directory
        short = "~" + directory[len(HOME) :] if directory == HOME or directory.startswith(HOME + "/") else directory
        return f"root@{host.name}:{short}# "

    # -- running

    def _begin(self, text: str) -> None:
        whole = self._pending + text
        if len(whole) > TEXT_MOST:
            self._pending = ""
            self._print("the text is too long\n")
            self._prompt("ready")
            return
        try:
            pipelines = grammar.parse(whole)
        except Unfinished:
            self._pending = whole + "\n"
            self._prompt("more")
            return
        except Refused as error:
            self._print(f"-sh: {error}\n")
            pipelines = []
        self._pending = ""
        if whole.strip():
            self.place.history.append(whole)
            del self.place.history[:-HISTORY_MOST]
        if not pipelines:
            self._prompt("ready")
            return
        self._interrupted = False
        self._prompt("busy")
        self._driver = self._kernel.start_task(self._drive(pipelines), f"terminal {self.number}", None, self._failed)

    def _failed(self, task: Task, error: BaseException) -> None:
        """A bug of the shell itself: it is said, and one goes on."""
        self._print(f"-sh: this simulator met something unforeseen: {type(error).__name__}: {error}\n")
        self._driver = None
        self._prompt("ready")

    async def _drive(self, pipelines: list[Pipeline]) -> None:
        code = 0
        for pipeline in pipelines:
            if self._interrupted or (pipeline.joint == "&&" and code) or (pipeline.joint == "||" and not code):
                if self._interrupted:
                    break
                continue
            code = await self._run(pipeline.commands)
            self.place.variables["?"] = str(code)
            self._move()
        self._driver = None
        self._stages = []
        while len(self._typed) and self._driver is None:  # typed ahead
            line = self._typed.get_nowait()
            if line is not None:
                self._print(self.prompt_text() + line + "\n")
                self._begin(line)
        if self._driver is None:
            self._prompt("more" if self._pending else "ready")

    async def _run(self, commands: list[Command]) -> int:
        """Runs the commands of one pipeline side by side; gives the last one's code."""
        self._stages = []
        before: Pipe | None = None
        last: _Stage | int = 0
        for number, command in enumerate(commands):
            after = Pipe(self._kernel) if number + 1 < len(commands) else None
            try:
                last = self._start(command, expand.words(command.words, self.place), before, after)
            except (OSError, ValueError) as error:
                self._print(f"-sh: {error}\n")
                last = 1
            if isinstance(last, _Stage):
                self._stages.append(last)
            else:
                if before is not None:
                    before.abandon()
                if after is not None:
                    after.close()
            before = after
        for stage in self._stages:
            await stage.task.finished.wait()
            if not stage.process.host.up:
                self._print(f"Connection to {stage.process.host.name} closed by remote host.\n")
            elif stage.code == KILLED and not self._interrupted:
                self._print("Killed\n")
        if self._interrupted:
            return INTERRUPTED
        return last.code if isinstance(last, _Stage) else last

    def _start(self, command: Command, words: list[str], before: Pipe | None, after: Pipe | None) -> _Stage | int:
        """Starts one command; its code, where there is nothing to start. Raises OSError or ValueError."""
        place = self.place
        while words and (assigned := expand.assignment(words[0])) is not None and command.words[0][0].quote == "":
            if len(words) == 1:
                place.variables[assigned[0]] = assigned[1]
            words = words[1:]
        if not words and not command.redirections:
            return 0
        name = words[0] if words else "true"
        tool = self._tools.get(name.rpartition("/")[2])
        if tool is None:
            known = "kubectl, etcdctl, journalctl, tcpdump, tail, grep, cat, ls"
            self._print(f"-sh: {name}: command not found ({known} … : help)\n")
            return NOT_FOUND
        process = self._world.shell_on(self._world.config.client.name if tool.on_client else place.host.name)
        stdin, outputs, errors, writers = self._connect(command, before, after)
        if stdin is None and tool.reads_terminal:
            stdin = _Typed(self)
        invocation = Invocation(
            arguments=tuple(words[1:]),
            process=process,
            stdout=outputs,
            stderr=errors,
            stdin=stdin,
            columns=self.columns,
            is_terminal=after is None and not writers,
            files=Readable(place.files),
        )

        async def work() -> None:
            try:
                stage.code = await tool.run(place, invocation)
            except Cancelled:
                stage.code = INTERRUPTED
                raise
            except UsageError as error:
                errors(f"{name}: {error}\n")
                stage.code = 2
            except NoInput as error:
                errors(f"{error}\n")
                stage.code = 1
            except RpcError as error:
                errors(f"{name}: {error}\n")
                stage.code = 1
            finally:
                for writer in writers:
                    writer.close()
                if after is not None:
                    after.close()
                if before is not None:
                    before.abandon()

        def failed(task: Task, error: BaseException) -> None:
            stage.code = BUG
            errors(f"{name}: this simulator met something unforeseen: {type(error).__name__}: {error}\n")

        task = self._kernel.start_task(work(), name, process, failed)
        if after is not None:
            after.on_broken = task.cancel
        stage = _Stage(task, process)
        return stage

    def ask(self, words: list[str], answer: Callable[[list[str]], object]) -> None:
        """Asks the tool that the words begin with what its last word may become."""
        tool = self._tools.get(words[0])
        if tool is None or tool.ask is None:
            answer([])
            return
        ask, place = tool.ask, self.place
        try:
            process = self._world.shell_on(self._world.config.client.name if tool.on_client else place.host.name)
        except OSError:
            answer([])
            return
        silent: Callable[[str], object] = len
        invocation = Invocation((), process, silent, silent, files=Readable(place.files), is_terminal=False)

        async def work() -> None:
            found: list[str] = []
            try:
                with process.timeout(ASKING_NS):
                    found = await ask(place, invocation, words[1:])
            except (RpcError, TimeoutExpired):
                pass
            finally:
                answer(found)

        def failed(task: Task, error: BaseException) -> None:
            self._print(f"\n{words[0]}: {type(error).__name__}: {error}\n")

        self._kernel.start_task(work(), f"complete {words[0]}", process, failed)

    def _connect(
        self, command: Command, before: Pipe | None, after: Pipe | None
    ) -> tuple[Input | None, Callable[[str], object], Callable[[str], object], list[FileWriter]]:
        """Standard input, output and error of a command, and the files that are to be closed."""
        files = self.place.files
        stdin: Input | None = before
        stdout: Callable[[str], object] = self._print if after is None else after.write
        stderr: Callable[[str], object] = self._print
        writers: list[FileWriter] = []
        for redirection in command.redirections:
            if redirection.operator == "<<":
                text = redirection.text
                stdin = Text(grammar.substitute(text, self.place.variables) if redirection.expand else text)
                continue
            if redirection.operator == "2>&1":
                stderr = stdout
                continue
            if redirection.operator == ">&2":
                stdout = stderr
                continue
            (path,) = expand.words([redirection.target], self.place) or ("",)
            if redirection.operator == "<":
                if (content := files.text(path)) is None:
                    raise OSError(f"{path}: No such file or directory")
                stdin = Text(content)
                continue
            try:
                writer = FileWriter(files, path, append=redirection.operator == ">>")
            except OSError as error:
                raise OSError(f"{path}: {error}") from None
            writers.append(writer)
            if redirection.operator in ("2>", "&>"):
                stderr = writer.write
            if redirection.operator != "2>":
                stdout = writer.write
        return stdin, stdout, stderr, writers

    def _move(self) -> None:
        """Goes where `ssh` or `exit` wanted to."""
        place = self.place
        wanted, place.wanted_host = place.wanted_host, None
        if wanted is not None:
            place.files.host = self._kernel.hosts[wanted]
        if wanted is not None and place.files.directory != HOME:
            place.files.directory = HOME

    # -- what the audience is told

    def _print(self, text: str) -> None:
        if self.audience is not None:
            self.audience.on_output(text)

    def _prompt(self, kind: PromptKind) -> None:
        self.kind = kind
        if self.audience is not None:
            self.audience.on_prompt(kind, self.prompt_text() if kind == "ready" else "> " if kind == "more" else "")

    async def next_typed(self) -> str | None:
        """The next line that is typed while a command runs; None: the end of the input."""
        if not len(self._typed):
            self._prompt("reading")
        try:
            return await self._typed.get()
        finally:
            self._prompt("busy")

    def tell_prompt(self) -> None:
        """Tells the audience what the session waits for."""
        self._prompt(self.kind)

    def set_language(self, language: Language) -> None:
        self.place.language = language


class _Typed:
    """What is typed while the command runs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._at_end = False

    async def line(self) -> str | None:
        if self._at_end:
            return None
        line = await self._session.next_typed()
        self._at_end = line is None
        return line
