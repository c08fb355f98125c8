"""What a door answers when something is wrong: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from touchstone.core.errors import Refused, Retry, Skip, Stop, TouchstoneError
from touchstone.core.page import Note, Page
from touchstone.web import drawing

log = logging.getLogger("touchstone.web")

TITLES = {
    400: "That cannot be read",
    401: "Sign in first",
    403: "This is not open to you",
    404: "There is no such page",
    405: "This address does not do that",
    409: "Settings must change first",
    413: "That is too much at once",
    415: "Send it as JSON",
    422: "That cannot be taken",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "Busy just now",
}


class Problem(Exception):
    """An answer that is no page: `status`, what is wrong, what to do, and the field it is about."""

    def __init__(self, status: int, what: str, *, todo: str = "", field: str = "", after: int = 0) -> None:
        self.status, self.what, self.todo, self.field, self.after = status, what, todo, field, after
        super().__init__(what)


def of(error: TouchstoneError) -> Problem:
    """The answer to one of the four errors: its status follows from what the caller should do next."""
    field = error.field if isinstance(error, Refused) else ""
    statuses = {Retry: 503, Skip: 422, Stop: 409, Refused: 422 if field else 403}
    status = next((status for kind, status in statuses.items() if isinstance(error, kind)), 500)
    what = f"{error.where}: {error.what}" if error.where and isinstance(error, (Skip, Stop)) else error.what
    return Problem(status, what, todo=error.todo, field=field, after=2 if status == 503 else 0)


def install(application: FastAPI) -> None:
    """Answers every error of ours, of the framework and of nobody's through `answer`."""
    application.add_exception_handler(Problem, _of_problem)
    application.add_exception_handler(TouchstoneError, _of_touchstone)
    application.add_exception_handler(OverflowError, _of_number)
    application.add_exception_handler(HTTPException, _of_framework)
    application.add_exception_handler(RequestValidationError, _of_validation)
    application.add_exception_handler(Exception, _of_nobody)


def answer(request: Request, problem: Problem) -> Response:
    """The problem as JSON for programs (`/api/`, `/mcp`) and beside pages, else as a page of the house."""
    headers = {"Retry-After": str(problem.after)} if problem.after else {}
    assisting = request.url.path == "/mcp"
    if assisting or request.url.path.startswith("/api/") or request.url.path.endswith(".json"):
        if problem.status == 401:
            scheme = "Bearer" if assisting else "Basic"
            headers["WWW-Authenticate"] = f'{scheme} realm="Touchstone", charset="UTF-8"'
        return JSONResponse(_document(request, problem), problem.status, headers, media_type="application/problem+json")
    title = TITLES.get(problem.status, "That did not work")
    tone = "empty" if problem.status == 404 else "warning"
    page = Page("error", title, problem.what, blocks=(Note(problem.todo, tone),) if problem.todo else ())
    return drawing.answer(request, page, status=problem.status, headers=headers)


def _document(request: Request, problem: Problem) -> dict[str, Any]:
    """RFC 9457's members, and two of ours: `field` (what it is about) and `todo`."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(problem.status, "That did not work"),
        "status": problem.status,
        "detail": problem.what,
        "instance": request.url.path,
    }
    return document | {name: text for name in ("field", "todo") if (text := getattr(problem, name))}


async def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(request, error)


async def _of_touchstone(request: Request, error: Exception) -> Response:
    assert isinstance(error, TouchstoneError)
    return answer(request, of(error))


async def _of_number(request: Request, _: Exception) -> Response:
    """A number that was sent lies beyond what days, counts or money can be."""
    return answer(request, Problem(422, "A number is beyond what can be computed with.", todo="Send a smaller one."))


async def _of_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    what = TITLES.get(error.status_code, str(error.detail)) + "."
    todo = "Go back to the overview." if error.status_code == 404 else ""
    return answer(request, Problem(error.status_code, what, todo=todo))


async def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return answer(request, Problem(422, f"{first['msg']}.", field=str(first["loc"][-1])))


async def _of_nobody(request: Request, error: Exception) -> Response:
    """An error nobody foresaw: logged under a number, which is all the answer tells."""
    number = secrets.token_hex(4)
    log.error("unforeseen error %s at %s", number, request.url.path, exc_info=error)
    return answer(request, Problem(500, f"An error nobody foresaw, number {number}.", todo="Tell us this number."))
