"""News for whoever has a page open: Server-Sent Events that say when a topic has changed, and nothing of what.

The page asks again for what it shows, as its viewer; so an event gives nothing away, and whoever has no scripts misses
nothing but the moment.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from touchstone.core.viewer import Viewer
from touchstone.store import inbox
from touchstone.web import signing
from touchstone.web.errors import Problem

routes = APIRouter(include_in_schema=False)
EVERY = 2.0  # seconds between two looks
BEAT = 15.0  # seconds after which the session is looked at again, and a line is sent
LONGEST = 600.0  # seconds of one connection: the browser opens the next by itself
MOST = 6
"""Connections of one account at once: more pages than that are looked at without news."""
LIST, ONE = "conversations", "conversation "
_open: Counter[str] = Counter()


@routes.get("/events")
async def events(request: Request, topic: str) -> Response:
    """News of a `topic`: `conversations`, or `conversation ` and its id."""
    viewer = await run_in_threadpool(signing.viewer, request)
    if viewer.side not in ("insider", "partner"):
        raise Problem(401, "News are for accounts of this home.", todo="Sign in.")
    if topic != LIST and not topic.startswith(ONE):
        raise Problem(404, "There is no news of that.")
    if _open[viewer.account] >= MOST:
        raise Problem(429, "Too many pages are open.", todo="Close some.", after=60)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(request, viewer, topic), media_type="text/event-stream", headers=headers)


async def _stream(request: Request, viewer: Viewer, topic: str) -> AsyncIterator[str]:
    _open[viewer.account] += 1
    try:
        said, looked, passed = "", 0.0, 0.0
        yield "retry: 5000\n\n"
        while passed < LONGEST and not await request.is_disconnected():
            if passed - looked >= BEAT:
                if await run_in_threadpool(signing.keeper(request).viewer, request) != viewer:
                    return  # signed out, closed, or of another role by now
                looked = passed
                yield ": here\n\n"
            told = await run_in_threadpool(mark, request, viewer, topic)
            if told != said:
                said = told
                yield f"event: news\ndata: {told}\n\n"
            await asyncio.sleep(EVERY)
            passed += EVERY
    finally:
        _open[viewer.account] -= 1
        if not _open[viewer.account]:
            del _open[viewer.account]


def mark(request: Request, viewer: Viewer, topic: str) -> str:
    """A word that changes when what the viewer sees of the topic does."""
    ask = request.app.state.home.ask(viewer)
    told = [ask.record(each) for each in inbox.news(topic.removeprefix(ONE) if topic != LIST else "")]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
