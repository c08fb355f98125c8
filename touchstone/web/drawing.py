"""A page as an answer: HTML for people, plain data for programs."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from touchstone.core.page import Page
from touchstone.core.viewer import Viewer


def answer(request: Request, page: Page, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`page` drawn for whoever asks, with the token its forms need."""
    from touchstone.show import _render  # charts and templates load with the first page
    from touchstone.web import signing

    viewer, token = signing.viewer(request), signing.keeper(request).token(request)
    text = _render.html(page, viewer=viewer, base="/", token=token)
    return HTMLResponse(text, status, dict(headers or {}))


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
    return JSONResponse(data(outcome), headers=headers)


def data(value: Any) -> Any:
    """What an action gave back as plain JSON values: no number is NaN, what JSON does not know is a text."""
    if isinstance(value, Mapping):
        return {str(name): data(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [data(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
