"""The REST interface: every measure, optimiser, page and action under `/api/v1`, described by OpenAPI 3.1.

A program sends a key (`Authorization: Bearer ts_…`) or HTTP Basic, or rides on a browser's session (then with the
form's token in `X-CSRF-Token`).
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.home import offered
from touchstone.home.rows import plain_value
from touchstone.rules import scope, who
from touchstone.web import description, drawing, errors, forms, pages, signing

routes = APIRouter(prefix="/api/v1", include_in_schema=False)
PAGES = "pages"


@routes.get("/openapi.json")
def described(request: Request) -> Response:
    """The description of this interface, made from what the finder finds."""
    reader(request, "")
    return JSONResponse(description.openapi(request.app))


@routes.get("/{room}")
def listing(request: Request, room: str) -> Response:
    """The parts of a room that the asker may use, with a line on each."""
    viewer = reader(request, room)
    names = [name for name in _names(room) if who.may(viewer, who=offered.open_to(_folder(room), name))]
    return JSONResponse([{"name": name, "summary": finder.summary(_folder(room), name)} for name in names])


@routes.get("/pages/{name}")
def page(request: Request, name: str) -> Response:
    """One page as data."""
    viewer = reader(request, PAGES)
    shown = pages.show(request, name, viewer=viewer, filters=dict(request.query_params))
    return JSONResponse(drawing.page_data(shown))


@routes.get("/{room}/{name}")
def rows(request: Request, room: str, name: str) -> Response:
    """Rows of one measure or optimiser, as `touchstone measure … --format json` prints them."""
    viewer = reader(request, room)
    if room not in ("measure", "decide") or name not in _names(room):
        raise HTTPException(404)
    return JSONResponse(
        offered.rows(request.app.state.home, room, name, viewer=viewer, given=dict(request.query_params))
    )


@routes.post("/act/{name}")
async def act(request: Request, name: str) -> Response:
    """Does an action: the body is a JSON object of its fields."""
    viewer, body = await _sent(request)
    if not isinstance(body, dict):
        raise Refused("the body is no JSON object.", field="body", todo="Send the action's fields as one object.")
    return await run_in_threadpool(_act, request, name, viewer, body)


@routes.post("/interactions")
async def arrive(request: Request) -> Response:
    """Takes a JSON list of interactions, each once; what cannot be used comes back with its reason."""
    viewer, body = await _sent(request)
    given = {"interactions": body["interactions"] if isinstance(body, dict) and "interactions" in body else body}
    return await run_in_threadpool(_act, request, "receive", viewer, given)


def known(request: Request) -> Viewer:
    """Who asks, by key, HTTP Basic or session; nobody is a 401."""
    program = "authorization" in request.headers
    viewer = signing.keeper(request).program(request) if program else signing.viewer(request)
    if viewer.side == "outsider":
        status = 403 if viewer.account else 401
        raise errors.Problem(status, "This is for accounts of this home.", todo="Sign in, or send a key or HTTP Basic.")
    return viewer


def reader(request: Request, room: str) -> Viewer:
    """Who reads in a room; a key that is not for it is a 403."""
    viewer = known(request)
    scope.check_reads(viewer, room=room)
    return viewer


async def _sent(request: Request) -> tuple[Viewer, Any]:
    """Who sends, and the JSON sent. A session needs the form's token, so that no other site can make it act."""
    viewer = await run_in_threadpool(known, request)
    signing.check_site(request)
    if "authorization" not in request.headers:
        signing.keeper(request).check_token(request, request.headers.get("x-csrf-token"))
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != "application/json":
        raise errors.Problem(415, "The body is not said to be JSON.", todo="Send Content-Type: application/json.")
    try:
        return viewer, json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise errors.Problem(400, f"The body is not JSON ({error}).", todo="Send valid JSON.") from error


def _act(request: Request, name: str, viewer: Viewer, given: dict[str, Any]) -> Response:
    scope.check_acts(viewer, action=name)
    forms.check(viewer, name)
    return JSONResponse(plain_value(forms.do(request, name, viewer=viewer, given=given)))


def _folder(room: str) -> str:
    return "show" if room == PAGES else room


def _names(room: str) -> list[str]:
    if _folder(room) not in finder.ROOMS:
        raise HTTPException(404)
    return finder.names(_folder(room))
