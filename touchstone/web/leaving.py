"""Ending a subscription by the link in its mail: without signing in, by one click (RFC 8058) or by a button."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from touchstone.core.page import Form, Note, Page
from touchstone.store import telling
from touchstone.web import drawing, signing

routes = APIRouter(include_in_schema=False)
_TITLE = "Mail from Touchstone"


@routes.get("/unsubscribe/{link}")
def ask(request: Request, link: str) -> Response:
    """The button. A link that is only looked at ends nothing: mail programs open links by themselves."""
    row = telling.by_link(signing.keeper(request).store, link)
    if row is None:
        raise HTTPException(404)
    said = (
        "You get a mail whenever a note names you." if row["what"] == telling.MENTIONS else "You get a mail every week."
    )
    form = Form(f"unsubscribe/{link}", "", (), "No more of these mails")
    return drawing.answer(request, Page("unsubscribe", _TITLE, said, blocks=(form,)))


@routes.post("/unsubscribe/{link}")
async def leave(request: Request, link: str) -> Response:
    """Ends it, whoever sends it: the link itself is the proof. Done twice it is the same."""
    if not await run_in_threadpool(telling.leave, signing.keeper(request).store, link):
        raise HTTPException(404)
    note = Note(
        "You will get no more of these mails.", "plain", "Signed in, you may subscribe again on the page Alerts."
    )
    return drawing.answer(request, Page("unsubscribe", _TITLE, "It has ended.", blocks=(note,)))
