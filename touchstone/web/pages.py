"""The pages: `/` is the overview, `/x` the page x, `/x.json` the same as data. The finder knows which there are."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

import touchstone
from touchstone.core import finder
from touchstone.core.page import Page
from touchstone.core.viewer import Viewer
from touchstone.home import offered
from touchstone.rules import who
from touchstone.web import drawing, errors, signing

routes = APIRouter(include_in_schema=False)
FIRST = "overview"
STATIC = Path(touchstone.__file__).parent / "show" / "static"


class Static(StaticFiles):
    """Files that ship with the package: may be kept for an hour, and asked for again by their tag."""

    def file_response(self, *args: object, **settings: object) -> Response:
        answer = super().file_response(*args, **settings)  # type: ignore[arg-type]  # passed on as they came
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer


@routes.get("/")
def first(request: Request) -> Response:
    """The overview; for whom it is not, the first page that is."""
    viewer = signing.viewer(request)
    if viewer.side == "outsider" or who.may(viewer, who=finder.part("show", FIRST).WHO):
        return page(request, FIRST)
    return page(request, drawing.pages(viewer)[0])


@routes.get("/{name}")
def page(request: Request, name: str) -> Response:
    """One page, as HTML or (with `.json` at its end) as data."""
    viewer = signing.viewer(request)
    wanted = name.removesuffix(".json")
    if viewer.side == "outsider" and not viewer.account:
        return _to_sign_in(request, as_data=name != wanted)
    _check(viewer, wanted)
    home, filters = request.app.state.home, dict(request.query_params)
    ask, chosen = offered.asked(home, wanted, viewer=viewer, filters=filters)

    def shown() -> Page:
        found: Page = finder.verb("show", wanted)(ask, **chosen)
        return found

    if name != wanted:
        return JSONResponse(drawing.page_data(shown()))
    return drawing.again(request, ask, f"{wanted} {sorted(chosen.items())}", shown)


def show(request: Request, name: str, *, viewer: Viewer, filters: dict[str, str]) -> Page:
    """The page `name` of this home, narrowed to `viewer` and by `filters`."""
    _check(viewer, name)
    return offered.page(request.app.state.home, name, viewer=viewer, filters=filters)


def _check(viewer: Viewer, name: str) -> None:
    """Nothing where there is a page `name`; an outsider does not learn which there are."""
    if viewer.side == "outsider":
        raise errors.Problem(403, "This account sees no pages.", todo="Ask an insider for a role.")
    if name not in finder.names("show"):
        raise HTTPException(404)


def _to_sign_in(request: Request, *, as_data: bool) -> Response:
    if as_data:
        raise errors.Problem(401, "This is for accounts of this home.", todo="Sign in, or send HTTP Basic.")
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/sign-in" + (f"?next={quote(wanted, safe='')}" if wanted != "/" else ""), 303)
