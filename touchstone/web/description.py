"""The OpenAPI 3.1 description of the REST interface, made from the parts' own signatures and docstrings."""

from __future__ import annotations

import inspect
from typing import Any

from fastapi import FastAPI

from touchstone.core import finder
from touchstone.home import offered

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong"},
        "instance": {"type": "string"},
        "field": {"type": "string", "description": "the input it is about"},
        "todo": {"type": "string", "description": "what to do about it"},
    },
}
NUMBER = {"type": ["number", "null"]}
ROW = {
    "type": "object",
    "required": ["value", "low", "high", "n", "unit", "maker", "detail"],
    "properties": {
        "value": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "n": {"type": "integer"},
        "unit": {"type": ["string", "null"]},
        "maker": {"type": "string"},
        "detail": {"type": "object", "description": "always with `measured_in`"},
    },
    "additionalProperties": True,
}
ANSWERS = {"measure": {"type": "array", "items": ROW}, "decide": {"type": "array", "items": ROW}}


def openapi(application: FastAPI) -> dict[str, Any]:
    """The whole description: one path for each measure, optimiser, page and action that the finder finds."""
    paths: dict[str, Any] = {}
    for room, place in (("measure", "measure"), ("decide", "decide"), ("show", "pages")):
        for name in finder.names(room):
            paths[f"/api/v1/{place}/{name}"] = {"get": _question(room, name)}
    for name in finder.names("act"):
        paths[f"/api/v1/act/{name}"] = {"post": _action(name)}
    return {
        "openapi": "3.1.0",
        "info": {"title": application.title, "version": application.version},
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {each: {"type": "http", "scheme": each} for each in ("bearer", "basic")},
        },
        "security": [{"bearer": []}, {"basic": []}],
    }


def _question(room: str, name: str) -> dict[str, Any]:
    parameters = [
        {"name": field, "in": "query", "required": required, "schema": schema, "explode": False}
        for field, (schema, required) in offered.fields(room, name).items()
    ]
    return _described(room, name) | {"parameters": parameters}


def _action(name: str) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": offered.schema("act", name)}}}
    return _described("act", name) | {"requestBody": body}


def _described(room: str, name: str) -> dict[str, Any]:
    problem = {
        "description": "what is wrong, and what to do",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    answer = {"description": "what came out", "content": {"application/json": {"schema": ANSWERS.get(room, {})}}}
    return {
        "operationId": f"{room}.{name}",
        "summary": finder.summary(room, name),
        "description": inspect.getdoc(finder.verb(room, name)) or "",
        "responses": {"200": answer, "default": problem},
    }
