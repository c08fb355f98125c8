"""Actions as forms: every action has one, made from its own settings; sending it does the action once."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from touchstone.core import finder, upload
from touchstone.core.errors import Refused
from touchstone.core.once import Once
from touchstone.core.page import Block, Field, Form, Grid, Link, Page
from touchstone.core.viewer import Viewer
from touchstone.home import offered
from touchstone.home.rows import plain_value
from touchstone.rules import who
from touchstone.web import drawing, errors, signing

routes = APIRouter(include_in_schema=False)
SECRET = ("password", "old_password")
"""Fields whose text is neither shown nor given back."""
_YES_NO = (("", "–"), ("true", "Yes"), ("false", "No"))


@routes.get("/act/{name}")
def form(request: Request, name: str) -> Response:
    """The action's form, filled with what the address brings along."""
    viewer = signing.viewer(request)
    if viewer.side == "outsider" and not viewer.account:
        return RedirectResponse("/sign-in", 303)
    check(viewer, name)
    return drawing.answer(request, _page(name, given=dict(request.query_params)))


@routes.post("/act/{name}")
async def send(request: Request, name: str) -> Response:
    """Does the action; then back to where the form was, or what came out of it."""
    async with request.form(max_files=upload.MOST if _taking(name) else 0, max_fields=200) as sent:
        given = _gathered([(field, text) for field, text in sent.multi_items() if isinstance(text, str)])
        for field in _taking(name):
            given[field] = [await _packed(each) for each in sent.getlist(field) if _is_sent(each)]
    signing.keeper(request).check_token(request, given.pop("csrf", None))
    back, download = given.pop("back", ""), given.pop("download", "")
    return await run_in_threadpool(_send, request, name, given, back=back, download=download)


def _taking(name: str) -> list[str]:
    """The fields of an action that take files; none where there is no such action."""
    fields = known(name).items() if name in finder.names("act") else ()
    return [field for field, parameter in fields if "Upload" in str(parameter.annotation)]


def _is_sent(each: Any) -> bool:
    """Whether a file was chosen: a browser sends an empty one where none was."""
    return isinstance(each, UploadFile) and bool(each.filename)


async def _packed(each: Any) -> dict[str, str]:
    made = upload.packed(each.filename, await each.read())
    return {"name": made.name, "content": made.content}


def _gathered(sent: list[tuple[str, str]]) -> dict[str, Any]:
    """The fields sent, inputs named `field.key` together as the object `field`, those named `field[]` as the list
    `field`; blank ones are left out of both.
    """
    given: dict[str, Any] = {field: text for field, text in sent if "." not in field and not field.endswith("[]")}
    for field in sorted({name.partition(".")[0] for name, _ in sent if "." in name} - set(given)):
        keys = {name.partition(".")[2]: text for name, text in sent if name.startswith(f"{field}.")}
        given[field] = json.dumps({key: text for key, text in keys.items() if text}, ensure_ascii=False)
    for field in {name for name, _ in sent if name.endswith("[]")}:
        given[field.removesuffix("[]")] = [text for name, text in sent if name == field and text]
    return given


def _send(request: Request, name: str, given: dict[str, Any], *, back: str, download: str) -> Response:
    viewer = signing.viewer(request)
    check(viewer, name)
    try:
        outcome = do(request, name, viewer=viewer, given={field: text for field, text in given.items() if text})
    except Refused as refusal:
        if not refusal.field:
            raise
        return drawing.answer(request, _page(name, given=given, refusal=refusal), status=422)
    if download:
        return drawing.file(outcome, name=download)
    outcome = plain_value(outcome) if isinstance(outcome, dict) else {}
    once = [each for each in getattr(finder.part("act", name), "ONCE", ()) if outcome.get(each)]
    if back and not once:
        return RedirectResponse(signing.local(back), 303)
    return drawing.answer(
        request, told(finder.summary("act", name), outcome, once, back=signing.local(back) if back else "")
    )


def told(title: str, outcome: dict[str, Any], once: Sequence[str], *, back: str) -> Page:
    """What came out of an action; what is told `once` can be copied here, and nowhere after."""
    blocks: list[Block] = []
    for field in once:
        lines = outcome[field] if isinstance(outcome[field], list) else [outcome[field]]
        todo = "This is shown once: keep it where nobody else reads it. It cannot be shown again."
        blocks.append(Once(f"{_label(field)}:", "plain", todo, lines=tuple(str(each) for each in lines)))
    rest = tuple((_label(field), _said(value)) for field, value in outcome.items() if field not in once)
    blocks += [Grid("", "", ("", "what came out"), rest, narrow=True)] if rest and not back else []
    blocks += [Grid("", "", ("",), ((Link("Go on", back),),), narrow=True)] if back else []
    return Page("act", title, "Done: copy what is told once." if once else "Done.", blocks=tuple(blocks))


def _label(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def check(viewer: Viewer, name: str) -> None:
    """Nothing where there is an action `name` and `viewer` may do it; an outsider does not learn which there are."""
    if viewer.side == "outsider":
        raise errors.Problem(403 if viewer.account else 401, "This account does nothing here.", todo="Sign in.")
    if name not in finder.names("act"):
        raise HTTPException(404)
    who.check(viewer, who=finder.part("act", name).WHO, what=name)


def do(request: Request, name: str, *, viewer: Viewer, given: dict[str, Any]) -> Any:
    """Does the action as `viewer` and gives back what came out; a field that is missing or wrong is `Refused`."""
    return offered.act(request.app.state.home, name, viewer=viewer, given=given)


def known(name: str) -> dict[str, inspect.Parameter]:
    """The fields of an action, by name."""
    return finder.settings("act", name)


def _page(name: str, *, given: dict[str, Any], refusal: Refused | None = None) -> Page:
    fields = tuple(
        Field(
            field,
            _label(field),
            value="" if field in SECRET or field in _taking(name) else _text(given.get(field, "")),
            kind=_kind(field, str(parameter.annotation)),
            choices=_YES_NO if str(parameter.annotation).startswith("bool") else (),
            help="" if parameter.default is inspect.Parameter.empty else "may be left out",
            error=f"{refusal.what} {refusal.todo}" if refusal and refusal.field == field else "",
        )
        for field, parameter in known(name).items()
        if "Callable" not in str(parameter.annotation) and field not in finder.files("act", name)
    )
    title = finder.summary("act", name)
    block = Form(name, title, fields, name.rpartition(".")[2].replace("_", " ").capitalize())
    return Page("act", title, refusal.what if refusal else "", blocks=(block,))


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _kind(field: str, annotation: str) -> str:
    """The kind of input that suits a setting."""
    if field in SECRET:
        return "password"
    if "Upload" in annotation:
        return "file"
    kinds = {"int": "number", "float": "number", "datetime": "datetime-local", "date": "date"}
    found = next((kind for word, kind in kinds.items() if annotation.startswith(word)), "text")
    return "textarea" if "dict[" in annotation else found
