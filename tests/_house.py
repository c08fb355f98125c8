"""Reads the house as text: its files, imports, functions, docs. What the laws in test_house.py stand on."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from touchstone.core import finder

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "touchstone"
Function = ast.FunctionDef | ast.AsyncFunctionDef

STRANGERS = {  # module: where it may be at home
    "duckdb": ("store",),
    "pyspark": ("store",),
    "sqlalchemy": ("store", "listen/warehouse.py"),
    "alembic": ("store",),
    "psycopg": ("store",),
    "dbos": ("store",),
    "argon2": ("store",),
    "cryptography": ("store",),
    "pyotp": ("rules",),
    "segno": ("web", "show"),
    "webauthn": ("web",),
    "authlib": ("web",),
    "joserfc": ("web",),
    "sqlglot": ("store", "core/where.py"),
    "splink": ("connect",),
    "phonenumbers": ("connect",),
    "networkx": ("connect",),
    "igraph": ("connect",),
    "rustworkx": ("connect",),
    "httpx": ("core",),
    "httpcore": ("core",),
    "smtplib": ("act",),
    "imaplib": ("listen",),
    "holidays": ("rules",),
    "requests": (),
    "aiohttp": (),
    "urllib.request": (),
    "babel": ("core",),
    "highspy": ("science",),
    "cvxpy": ("science",),
    "ortools": ("science",),
    "opendp": ("science",),
    "altair": ("show",),
    "vl_convert": ("show",),
    "typst": ("show",),
    "jinja2": ("show",),
    "sklearn": (),
    "torch": ("language/transformer.py",),
    "onnxruntime": ("language",),
    "fastapi": ("web",),
    "starlette": ("web",),
    "uvicorn": ("web", "cli.py"),
    "itsdangerous": ("web",),
    "mcp": ("mcp.py",),
    "mcp_types": ("mcp.py",),
    "pandas": (),
    "polars": (),
}
RESERVED = {"util", "utils", "common", "helper", "helpers", "base", "manager", "managers", "misc", "stuff"}


@dataclass(frozen=True)
class File:
    """A Python file of ours."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    @property
    def room(self) -> str:
        """The folder of the package it lies in; empty at the top, or outside."""
        parts = self.path.relative_to(PACKAGE).parts if self.path.is_relative_to(PACKAGE) else ()
        return parts[0] if len(parts) > 1 else ""

    @property
    def private(self) -> bool:
        return any(part.startswith("_") and part != "__init__.py" for part in self.path.relative_to(ROOT).parts)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def files(*folders: str) -> tuple[File, ...]:
    """Every Python file in these folders."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(File(path) for path in found if "__pycache__" not in path.parts)


def part_files(room: str) -> list[File]:
    """The files of a verb room's own parts."""
    paths = [(PACKAGE / room).joinpath(*name.split(".")).with_suffix(".py") for name in finder.names(room)]
    return [File(path) for path in paths if path.exists()]


def public_names(file: File) -> set[str]:
    """What a file defines at its top that does not start with an underscore."""
    names: set[str] = set()
    for node in file.tree.body:
        if isinstance(node, Function | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def functions(file: File) -> Iterator[Function]:
    """Every function and method."""
    return (node for node in ast.walk(file.tree) if isinstance(node, Function))


def imports(file: File) -> Iterator[str]:
    """Every module a file imports, wherever in it, as a dotted name; `from a import b` gives a and a.b."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def comments(file: File) -> Iterator[tuple[int, str]]:
    """Every comment with its line."""
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def words(name: str) -> set[str]:
    """The words a name is made of: `SessionManager`, `session_manager` → session, manager."""
    return {word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def docs() -> list[Path]:
    """Every page of the docs."""
    return sorted((ROOT / "docs").rglob("*.md"))


def examples(page: Path) -> list[tuple[str, str]]:
    """The examples of a page to be run, in order: (sh or python, text)."""
    return re.findall(r"^```(sh|python)\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
