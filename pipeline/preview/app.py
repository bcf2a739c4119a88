"""The routes of the preview: each parses, asks the workshop, and answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from pipeline.errors import PipelineError, ReceiptError
from pipeline.model import Receipt
from pipeline.personas import persona_values
from pipeline.preview.before import Against, Before, difference_view, mail_before
from pipeline.preview.built import Build, Checks
from pipeline.preview.editor import open_at
from pipeline.preview.frame import data_uris, frame_document
from pipeline.preview.pages import Pages
from pipeline.preview.readiness import Readiness, readiness, unreadable
from pipeline.preview.record import seen_record
from pipeline.preview.sheet import Event, Sheet
from pipeline.preview.views import archived_view, checks_view, issue_view
from pipeline.preview.workshop import Workshop
from pipeline.receipts import Seen

_STATIC = files("pipeline.preview") / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class App:
    """The preview of one workshop."""

    def __init__(self, workshop: Workshop) -> None:
        """Take what is shown."""
        self._workshop = workshop
        self._pages = Pages(workshop)
        self.starlette = Starlette(
            routes=[
                Route("/", self._page),
                Route("/static/{name}", self._file),
                Route("/api/issues", self._issues),
                Route("/api/issues/{name}", self._issue),
                Route("/api/issues/{name}/checks", self._checks),
                Route("/api/issues/{name}/difference", self._difference),
                Route("/api/issues/{name}/page", self._archived),
                Route("/api/events", self._events),
                Route("/frame/{name}", self._frame),
                Route("/frame/{name}/page", self._archived_frame),
                Route("/api/issues/{name}/look", self._look, methods=["POST"]),
                Route("/api/open", self._open, methods=["POST"]),
            ],
            lifespan=self._lifespan,
            exception_handlers={PipelineError: _refused},
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with self._workshop:
            yield

    async def _page(self, _request: Request) -> Response:
        return HTMLResponse((_STATIC / "index.html").read_bytes())

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        known = {file.name: file for file in _STATIC.iterdir()}
        kind = _TYPES.get("." + name.rpartition(".")[2])
        if name not in known or kind is None:
            return Response(status_code=404)
        return Response(known[name].read_bytes(), media_type=kind)

    async def _issues(self, _request: Request) -> Response:
        workshop = self._workshop
        receipts: Mapping[str, Receipt] = {}
        with suppress(ReceiptError):  # the readiness of each issue tells of it
            receipts = (await workshop.record()).receipts
        rows = await asyncio.to_thread(
            workshop.catalogue.rows, workshop.settings, receipts, rehearsal=workshop.outlet.rehearses
        )
        return JSONResponse(
            {
                "issues": rows,
                "newsletter": {"id": workshop.settings.id, "name": workshop.settings.name},
                "editor": bool(workshop.settings.editor),
            }
        )

    async def _issue(self, request: Request) -> Response:
        sheet = await self._sheet(request)
        file = sheet.path.relative_to(self._workshop.settings.root).as_posix()
        view = partial(issue_view, name=request.path_params["name"], file=file)
        return JSONResponse(await asyncio.to_thread(view, sheet.build, sheet.trouble, self._values(request)))

    async def _checks(self, request: Request) -> Response:
        sheet = await self._sheet(request)
        if sheet.build is None or sheet.checks is None:
            return JSONResponse({"pending": sheet.trouble is None}, status_code=202)
        settings = self._workshop.settings
        try:
            seen = await self._workshop.record()
            ready = self._readiness(sheet.build, sheet.checks, seen)
            told = seen.told(ZoneInfo(settings.timezone))
        except ReceiptError as err:
            ready, told = unreadable(err.message, err.hint), err.message
        signs = settings.require_approval
        return JSONResponse(checks_view(sheet.build, sheet.checks, ready, told, signs=signs))

    def _readiness(self, build: Build, checks: Checks, seen: Seen) -> Readiness:
        settings, outlet = self._workshop.settings, self._workshop.outlet
        issue, message = build.composed.issue, build.composed.message
        return readiness(
            checks.findings,
            issue,
            message,
            seen.receipts.get(issue.key, Receipt(issue.key)),
            settings=settings,
            rehearses=outlet.rehearses,
            provider_name=outlet.name,
            now=self._workshop.clock(),
            proofs=outlet.tests or settings.smtp is not None,
            grid=outlet.grid,
        )

    async def _difference(self, request: Request) -> Response:
        sheet = await self._sheet(request)
        if sheet.build is None:
            return Response(status_code=404)
        before = await self._before(request, sheet.build)
        values = self._values(request)
        return JSONResponse(await asyncio.to_thread(difference_view, before, sheet.build, values))

    async def _before(self, request: Request, build: Build) -> Before:
        workshop = self._workshop
        against: Against = "sent" if request.query_params.get("against") == "sent" else "commit"
        return await asyncio.to_thread(
            mail_before,
            build,
            against,
            workshop.newsletter,
            partial(seen_record, workshop.settings, workshop.clock),
            self._values(request),
            rehearses=workshop.outlet.rehearses,
        )

    async def _look(self, request: Request) -> Response:
        self._workshop.look_again(await self._sheet(request))
        return Response(status_code=202)

    async def _open(self, request: Request) -> Response:
        try:
            asked = await request.json()
            file, line = str(asked["file"]), int(asked["line"])
        except (ValueError, TypeError, KeyError):
            return Response("say which file and line, as JSON", status_code=400)
        await asyncio.to_thread(open_at, self._workshop.settings, file, line)
        return Response(status_code=204)

    async def _frame(self, request: Request) -> Response:
        sheet = await self._sheet(request)
        build, asked = sheet.build, request.query_params
        if build is None:
            return Response(status_code=404)
        message = build.composed.message
        if "against" in asked:
            before = await self._before(request, build)
            if not before.html:
                return Response(before.why, status_code=404)
            message = replace(message, html=before.html)
            build = build._replace(composed=build.composed._replace(message=message))
        framed = frame_document(
            build,
            look="forced" if asked.get("look") == "forced" else "light",
            images=asked.get("images") != "off",
            values=self._values(request),
            pictures=data_uris(message.images, self._workshop.settings.image_url),
        )
        return Response(framed.html, headers=dict(framed.headers))

    async def _archived(self, request: Request) -> Response:
        sheet = await self._sheet(request)
        return JSONResponse(archived_view(await self._pages.of(sheet)))

    async def _archived_frame(self, request: Request) -> Response:
        page = (await self._pages.of(await self._sheet(request))).page
        if page is None:
            return Response(status_code=404)
        from pipeline.preview.webpage import framed_page  # noqa: PLC0415  (for those who look at it)

        images = request.query_params.get("images") != "off"
        framed = await asyncio.to_thread(framed_page, page, images=images)
        return Response(framed.html, headers=dict(framed.headers))

    async def _events(self, request: Request) -> Response:
        workshop, name = self._workshop, request.query_params.get("issue")
        events = workshop.events(await workshop.sheet(name)) if name else workshop.list_events()
        return StreamingResponse(_stream(events), media_type="text/event-stream")

    def _values(self, request: Request) -> Mapping[str, str]:
        """Return the values of the reader whom the request asks for."""
        return persona_values(request.query_params.get("persona", "reader"), self._workshop.settings)

    async def _sheet(self, request: Request) -> Sheet:
        return await self._workshop.sheet(request.path_params["name"])


async def _stream(events: AsyncIterator[Event]) -> AsyncIterator[str]:
    async for event in events:
        kind = event.pop("kind")
        yield f"event: {kind}\ndata: {json.dumps(event)}\n\n"


def _refused(_request: Request, error: Exception) -> Response:
    told: dict[str, Any] = {"message": str(error), "hint": getattr(error, "hint", "")}
    return JSONResponse({"error": told}, status_code=404)
