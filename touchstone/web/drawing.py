"""A page as an answer: HTML for people, plain data for programs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from touchstone.core.page import Page
from touchstone.core.viewer import Viewer
from touchstone.home.rows import plain_value

_TOKEN = secrets.token_hex(16)
"""Stands for the token of forms in pages that are kept: nobody outside knows it, so nobody's words hold it."""


def again(request: Request, ask: Any, address: str, shown: Callable[[], Page]) -> Response:
    """What `shown` gives, drawn for whoever asks; as it was drawn before where it tells of the lake, and this stands.

    One that tells of more is shown anew, and drawn anew where it says anything else than it did.
    What a page says of the session one asks in, it knows from the record.
    """
    viewer, told = _told(request)
    key = (address, replace(viewer, session=""), tuple(told.items()))

    def drawn() -> str:
        page = shown()
        text: str = ask.alike(("drawn", *key), page, lambda: _drawn(page, viewer, _TOKEN, told))
        return text

    return _sent(ask.kept(key, drawn).replace(_TOKEN, _token(request)), told)


def answer(request: Request, page: Page, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`page` drawn for whoever asks, with the token its forms need."""
    viewer, told = _told(request)
    return _sent(_drawn(page, viewer, _token(request), told), told, status=status, headers=headers)


def _told(request: Request) -> tuple[Viewer, dict[str, str]]:
    """Who asks, in which language, and where."""
    from touchstone.web import signing, speaking

    return signing.viewer(request), {"language": speaking.language(request), "here": speaking.here(request)}


def _token(request: Request) -> str:
    from touchstone.web import signing

    return signing.keeper(request).token(request)


def _drawn(page: Page, viewer: Viewer, token: str, told: Mapping[str, str]) -> str:
    from touchstone.show import _render  # charts and templates load with the first page

    return _render.html(page, viewer=viewer, base="/", token=token, **told)


def apart() -> None:
    """From now on charts are drawn beside this process."""
    from touchstone.show import _draw

    _draw.apart()


def _sent(
    text: str, told: Mapping[str, str], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return HTMLResponse(text, status, {**(headers or {}), "Content-Language": told["language"]})


def page_data(page: Page) -> dict[str, Any]:
    """`page` as plain data, block by block."""
    from touchstone.show import _render

    return _render.data(page)


def pages(viewer: Viewer) -> list[str]:
    """The pages in the navigation of `viewer`, in order."""
    from touchstone.show import _render

    return [name for group in _render.navigation(viewer).values() for name, _ in group]


def file(outcome: Any, *, name: str) -> Response:
    """What an action gave back, as a JSON file to keep."""
    plain = re.sub(r"[^a-z0-9-]", "", name.lower())[:60] or "touchstone"
    headers = {"Content-Disposition": f'attachment; filename="{plain}.json"'}
    return JSONResponse(plain_value(outcome), headers=headers)
