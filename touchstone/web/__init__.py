"""The web door: pages, forms and the REST interface over one home. It knows no page, measure or action by name."""

from __future__ import annotations

import os
import sys
from typing import Any

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from touchstone import __version__
from touchstone.core import finder
from touchstone.web import (
    api,
    assistants,
    drawing,
    entrance,
    errors,
    events,
    files,
    forms,
    leaving,
    outside,
    pages,
    passkeys,
    signing,
    speaking,
    surveys,
    welcoming,
)
from touchstone.web.guard import BodyLimit, Heads, SecurityHeaders

ADDRESS = "127.0.0.1"
"""The one address it binds: what is to reach further goes through a proxy that speaks TLS."""
TURN = 0.001
"""Seconds for which a page that takes long keeps others waiting at a time: a fifth of what Python does by itself."""
SESSION_SECONDS = 12 * 60 * 60


def create(home: Any) -> FastAPI:
    """The web application over `home`. Sign-in is by account; what each viewer sees is narrowed by the store."""
    application = FastAPI(title="Touchstone", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    application.state.home = home
    application.state.doorkeeper = signing.Doorkeeper(home)
    hosts = home.settings.own_hosts
    # The last one added is the outermost.
    application.add_middleware(
        SessionMiddleware,
        secret_key=application.state.doorkeeper.secret,
        session_cookie="touchstone",
        max_age=SESSION_SECONDS,
        same_site="lax",
        https_only=bool(hosts),
    )
    application.add_middleware(BodyLimit)
    application.add_middleware(Heads)
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=[ADDRESS, "localhost", *hosts], www_redirect=False)
    application.add_middleware(SecurityHeaders)
    errors.install(application)
    application.mount("/static", pages.Static(directory=pages.STATIC))
    for name in finder.names("show"):
        finder.part("show", name)  # now, so that the first visitor does not wait for imports
    doors = (
        entrance, speaking, outside, passkeys, leaving, welcoming, surveys, events, files, api, assistants, forms,
        pages,
    )  # fmt: skip
    for door in doors:
        application.include_router(door.routes)
    return application


def serving() -> FastAPI:
    """The application over the home that `TOUCHSTONE_HOME` names (default: this folder), for a server to start."""
    import touchstone  # the package itself, opened only when a server starts

    sys.setswitchinterval(TURN)
    drawing.apart()
    return create(touchstone.open(os.environ.get("TOUCHSTONE_HOME", ".")))
