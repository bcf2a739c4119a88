"""The routes of the preview: each parses, asks the workshop, and answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from pipeline.errors import PipelineError
from pipeline.personas import persona_values
from pipeline.preview.editor import open_at
from pipeline.preview.views import checks_view, issue_view
from pipeline.preview.workshop import Sheet, Workshop

_STATIC = files("pipeline.preview") / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEARTBEAT_S = 15


class App:
    """The preview of one workshop."""

    def __init__(self, workshop: Workshop) -> None:
        """Take what is shown."""
        self._workshop = workshop
        self.starlette = Starlette(
            routes=[
                Route("/", self._page),
                Route("/static/{name}", self._file),
                Route("/api/issues", self._issues),
                Route("/api/issues/{name}", self._issue),
                Route("/api/issues/{name}/checks", self._checks),
                Route("/api/events", self._events),
                Route("/frame/{name}", self._frame),
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
        rows = await asyncio.to_thread(
            workshop.catalogue.rows, workshop.settings, {}, rehearsal=workshop.outlet.rehearses
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
        return JSONResponse(checks_view(sheet.build, sheet.checks))

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
        if sheet.build is None:
            return Response(status_code=404)
        self._values(request)
        return HTMLResponse(sheet.build.composed.message.html)

    async def _events(self, request: Request) -> Response:
        sheet = await self._workshop.sheet(request.query_params["issue"])
        return StreamingResponse(self._stream(sheet), media_type="text/event-stream")

    async def _stream(self, sheet: Sheet) -> AsyncIterator[str]:
        async for event in self._workshop.events(sheet):
            kind = event.pop("kind")
            yield f"event: {kind}\ndata: {json.dumps(event)}\n\n"

    def _values(self, request: Request) -> Mapping[str, str]:
        """Return the values of the reader whom the request asks for."""
        return persona_values(request.query_params.get("persona", "reader"), self._workshop.settings)

    async def _sheet(self, request: Request) -> Sheet:
        return await self._workshop.sheet(request.path_params["name"])


def _refused(_request: Request, error: Exception) -> Response:
    told: dict[str, Any] = {"message": str(error), "hint": getattr(error, "hint", "")}
    return JSONResponse({"error": told}, status_code=404)
