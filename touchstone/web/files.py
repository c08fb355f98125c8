"""Files that went with answers: given out to who may have them, to be saved and never to be shown here."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from touchstone.store import attachments
from touchstone.web import api

routes = APIRouter(include_in_schema=False)
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@routes.get("/files/{id}")
def file(request: Request, id: str) -> Response:
    """A file by its id; a 404 where there is none, or none for whoever asks."""
    viewer = api.reader(request, api.PAGES)
    found = attachments.opened(request.app.state.home.store.as_viewer(viewer), id=id)
    if found is None:
        raise HTTPException(404)
    row, content = found
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(row['name'], safe='')}",
        "Content-Security-Policy": POLICY,
    }
    return Response(content, media_type=row["media_type"], headers=headers)
