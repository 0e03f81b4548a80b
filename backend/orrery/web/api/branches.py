"""The past and its branches: the recording, forking, a run as a link or a file."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from orrery.theatre.records import (
    BranchRequest,
    BranchView,
    ChapterView,
    ForkRequest,
    Mark,
    OpenRequest,
    RecordingIndex,
    RunLink,
)
from orrery.theatre.runs import LINK_MOST, document_of, read_run, to_code, to_text
from orrery.web.api.here import Here
from orrery.web.api.refusal import Refusal
from orrery.web.hall import Hall


def add(api: APIRouter, hall: Hall) -> None:
    @api.get("/branches")
    async def branches() -> tuple[BranchView, ...]:
        return hall.views()

    @api.post("/fork")
    async def fork(request: ForkRequest, branch: str = "") -> BranchView:
        """A branch that leaves this one at an instant of its past; made in the background."""
        return hall.fork(branch, request.t_ns, request.name).view(clients=False)

    @api.post("/branch")
    async def change(request: BranchRequest) -> tuple[BranchView, ...]:
        try:
            if request.action == "rename":
                hall.rename(request.id, request.name)
            elif request.action == "attach":
                hall.attach(request.id)
            else:
                hall.remove(request.id)
        except LookupError as error:
            raise Refusal(404, str(error.args[0]), "id") from None
        return hall.views()

    @api.post("/open")
    async def open_(request: OpenRequest) -> BranchView:
        """A run from its link or file; made in the background."""
        return hall.open(read_run(request.text)).view(clients=False)

    @api.get("/recording")
    async def recording(room: Here) -> RecordingIndex:
        chapters = room.chronicle.chapters
        return RecordingIndex(
            chapters=tuple(ChapterView(number=c.number, from_ns=c.from_ns, to_ns=c.to_ns) for c in chapters),
            now_ns=room.kernel.now_ns,
        )

    @api.get("/marks")
    async def marks(room: Here) -> tuple[Mark, ...]:
        """The points of the time line so far."""
        return tuple(room.stage.marks)

    @api.get("/recording/{number}")
    async def chapter(number: int, room: Here, request: Request) -> Response:
        """A chapter of the recording: {"snapshot": ..., "batches": [...]}."""
        found = room.chronicle.find(number)
        if found is None:
            raise Refusal(404, f"chapter {number} is not kept any more, or has not begun", "number")
        if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(found.packed, media_type="application/json", headers={"content-encoding": "gzip"})
        return Response(found.text(), media_type="application/json")

    @api.get("/run")
    async def run(room: Here) -> RunLink:
        """The run so far, as what stands in a link."""
        document = document_of(room.kernel, room.config)
        code = to_code(document)
        return RunLink(
            code=code if len(code) <= LINK_MOST else "", code_bytes=len(code), inputs=len(document.inputs),
            now_ns=document.until_ns, digest=document.digest,
        )

    @api.get("/run/file", response_class=PlainTextResponse)
    async def file(room: Here) -> Response:
        """The run so far, as a file."""
        name = f"orrery-seed-{room.seed}.json"
        text = to_text(document_of(room.kernel, room.config, name=hall.branches[room.branch].name))
        return Response(
            text, media_type="application/json", headers={"content-disposition": f'attachment; filename="{name}"'}
        )
