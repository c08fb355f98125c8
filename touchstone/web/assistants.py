"""The door for assistants over HTTP, `/mcp`: opened by a key alone, each request by itself."""

from __future__ import annotations

from importlib import import_module
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from touchstone.core.viewer import Viewer
from touchstone.web import errors, signing

routes = APIRouter(include_in_schema=False)
SPEAKER = "touchstone.mcp"
"""What speaks the protocol, by its name: no door imports another, and few homes ever load its library."""


class Spoken(Response):
    """An answer that somebody else writes."""

    def __init__(self, speaker: ASGIApp) -> None:
        super().__init__()
        self.speaker = speaker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets them write."""
        await self.speaker(scope, receive, send)


@routes.api_route("/mcp", methods=["GET", "POST", "DELETE"])
def speak(request: Request) -> Response:
    """Answers one message of the protocol; there are no sessions to be listened to or ended."""
    if request.method != "POST":
        raise HTTPException(405)
    viewer = _asker(request)
    speaker: ASGIApp = import_module(SPEAKER).over_http(request.app.state.home, viewer)
    return Spoken(speaker)


def _asker(request: Request) -> Viewer:
    """Who holds the key that was sent; a page of another site, whatever it has, is a 403."""
    signing.check_site(request)
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise errors.Problem(403, "This request comes from another site.", todo="Let a program send it.")
    scheme = request.headers.get("authorization", "").partition(" ")[0]
    if scheme.casefold() != "bearer":
        raise errors.Problem(401, "Assistants come with a key.", todo="Send Authorization: Bearer ts_….")
    viewer = signing.keeper(request).program(request)
    if viewer.side == "outsider":
        raise errors.Problem(403, "This is for accounts of this home.", todo="Ask an insider for a role.")
    return viewer
