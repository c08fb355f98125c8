"""The laws of the house, as tests: 1, 7 and 8, which read its text; the others are in the other test_house files."""

from __future__ import annotations

import ast
import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from tests import _house
from tests._house import File
from touchstone.core import errors, finder
from touchstone.core.settings import Settings
from touchstone.core.viewer import ROLES, SHORT
from touchstone.rules.who import ANYONE

PARTS = [(room, name) for room in finder.ROOMS for name in finder.names(room)]
PART_FILES = [(room, file) for room in finder.ROOMS for file in _house.part_files(room)]
SOURCES = _house.files("touchstone")
ALL = _house.files("touchstone", "tests", "training", "bench")
LEADING = {"listen": 0}
"""How many arguments of a verb stand before its settings; one (ask, store, reading) where nothing is said."""
BESIDE = {"act": {"WHO"}, "show": {"WHO"}, "understand": {"HEADS"}}
"""What a part must offer beside its verb."""
MAY = {"measure": {"FIELDS", "CUTS"}, "connect": {"FIELDS"}, "decide": {"FIELDS"}, "act": {"EVERY", "ONCE"}}
"""What it may: fields it reads of a file in one shot, cuts of it that `run` stores, how often the clock does it, what
of its outcome is told once."""


WAVED = re.compile(r"(type: ?ignore(\[[^\]]*\])?|noqa(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)?|pragma: ?no \w+)")
"""How lint and types are waved through; what follows is the reason."""


def named(room_and_file: object) -> str:
    return str(room_and_file)


# Law 1: every file of a verb room opens with a docstring and offers exactly its room's verb, keyword-only settings.


@pytest.mark.parametrize(("room", "file"), PART_FILES, ids=named)
def test_a_part_offers_exactly_its_verb(room: str, file: File) -> None:
    assert ast.get_docstring(file.tree), "opens with a docstring"
    assert _house.public_names(file) - MAY.get(room, set()) == {finder.ROOMS[room]} | BESIDE.get(room, set())


@pytest.mark.parametrize(("room", "name"), PARTS, ids=named)
def test_settings_are_keyword_only(room: str, name: str) -> None:
    parameters = inspect.signature(finder.verb(room, name)).parameters.values()
    leading = [each for each in parameters if each.kind is not each.KEYWORD_ONLY]
    assert len(leading) == LEADING.get(room, 1)
    assert all(each.kind is each.POSITIONAL_OR_KEYWORD and each.default is each.empty for each in leading)


@pytest.mark.parametrize(("room", "name"), [part for part in PARTS if part[0] in ("act", "show")], ids=named)
def test_a_page_or_an_action_says_who_may(room: str, name: str) -> None:
    who = finder.part(room, name).WHO
    assert who
    assert set(who) <= {*ROLES, *SHORT, ANYONE} - {"outsider"}


@pytest.mark.parametrize("name", finder.names("understand"))
def test_an_enricher_declares_its_heads(name: str) -> None:
    heads = finder.part("understand", name).HEADS
    assert isinstance(heads, tuple)
    assert all(isinstance(head, str) for head in heads)


# Law 7: every part, setting and error is in the docs; every docs example runs.


def documented(name: str, text: str) -> bool:
    return re.search(rf"`[^`\n]*\b{re.escape(name)}\b[^`\n]*`", text) is not None


@pytest.mark.parametrize(("room", "name"), PARTS, ids=named)
def test_every_part_and_setting_is_in_the_docs(room: str, name: str) -> None:
    page = _house.ROOT / "docs" / "rooms" / f"{room}.md"
    assert page.exists(), f"{page.name} is missing"
    text = "\n".join(each.read_text("utf-8") for each in (page, *page.with_suffix("").glob("*.md")))
    assert documented(name, text), f"{name} is not in {page.name}"
    missing = [setting for setting in finder.settings(room, name) if not documented(setting, text)]
    assert not missing, f"settings of {name} that {page.name} does not name: {missing}"


def test_every_house_wide_setting_and_error_is_in_the_docs() -> None:
    text = "\n".join(page.read_text("utf-8") for page in _house.docs())
    kinds = [name for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, Exception)]
    names = [each.name for each in fields(Settings)] + [name for name in kinds if name != "TouchstoneError"]
    assert [name for name in names if not documented(name, text)] == []


@pytest.mark.parametrize("room", sorted(path.parent.name for path in _house.PACKAGE.glob("*/__init__.py")))
def test_every_room_has_its_page(room: str) -> None:
    pages = [_house.ROOT / "docs" / f"{room}.md", _house.ROOT / "docs" / "rooms" / f"{room}.md"]
    assert any(page.exists() for page in pages), f"docs/rooms/{room}.md is missing"


@pytest.fixture(scope="module")
def forking() -> Iterator[list[str]]:
    """What runs the command line in a fork of a process that has imported everything (see tests/_forked.py)."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-"))  # the address of a socket must be short
    command = [sys.executable, "-m", "tests._forked", str(folder / "socket")]
    with subprocess.Popen(command, cwd=_house.ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdout.readline() == "ready\n"
        yield [sys.executable, "-IS", str(_house.ROOT / "tests" / "_forking.py"), str(folder / "socket")]
        server.kill()
    shutil.rmtree(folder)


@pytest.mark.parametrize("page", [page for page in _house.docs() if _house.examples(page)], ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, forking: list[str]) -> None:
    programs, folder = tmp_path / "programs", tmp_path / "folder"
    programs.mkdir()
    folder.mkdir()
    (programs / "touchstone").write_text(f'#!/bin/sh\nexec {shlex.join(forking)} "$@"\n')
    (programs / "touchstone").chmod(0o700)
    path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "TOUCHSTONE_NOW": "2026-11-21T09:00:00+00:00"}
    for language, text in _house.examples(page):
        command = ["bash", "-euo", "pipefail", "-c", text] if language == "sh" else [*forking, "-c", text]
        ran = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, f"{text}\n{ran.stdout}\n{ran.stderr}"


# Law 8: size limits, reserved words, import contracts.


def test_files_and_functions_stay_small() -> None:
    long = [str(file) for file in ALL if file.text.count("\n") > 300]
    for file in ALL:
        for function in _house.functions(file):
            length = (function.end_lineno or 0) - function.lineno + 1
            positional = [*function.args.posonlyargs, *function.args.args]
            own = [each for each in positional if each.arg not in ("self", "cls")]
            if length > 40 or len(own) > 6:
                long.append(f"{file}: {function.name} ({length} lines, {len(own)} arguments by position)")
    assert long == []


def test_names_say_what_they_name() -> None:
    empty = []
    for file in ALL:
        defined = (node for node in ast.walk(file.tree) if isinstance(node, _house.Function | ast.ClassDef))
        public = (node.name for node in defined if isinstance(node, ast.ClassDef) or not node.name.startswith("_"))
        names = {*public, *(Path(part).stem for part in file.path.relative_to(_house.ROOT).parts)}
        empty += [f"{file}: {name}" for name in names if _house.words(name) & _house.RESERVED]
    assert empty == []


def test_files_and_public_functions_say_what_they_are_for() -> None:
    silent = [str(file) for file in ALL if file.tree.body and not ast.get_docstring(file.tree)]
    for file in SOURCES:
        for node in file.tree.body:
            public = isinstance(node, _house.Function | ast.ClassDef) and not node.name.startswith("_")
            if public and file.room and not ast.get_docstring(node):
                silent.append(f"{file}: {node.name}")
    assert silent == []


def test_nothing_is_waved_through_without_a_reason() -> None:
    found = []
    for file in ALL:
        for line, comment in _house.comments(file):
            waved = WAVED.search(comment)
            if (waved and not comment[waved.end() :].strip(" #-:")) or re.search(r"\b(TODO|FIXME|XXX)\b", comment):
                found.append(f"{file}:{line}: {comment}")
    assert found == []


def test_nothing_catches_everything() -> None:
    found = []
    for file in ALL:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ExceptHandler):
                named = ast.walk(node.type) if node.type else [ast.Name("Exception")]
                caught = {each.id for each in named if isinstance(each, ast.Name)}
                if caught & {"Exception", "BaseException"}:
                    found.append(f"{file}:{node.lineno}")
    assert found == []


def test_ignored_rules_give_their_reason() -> None:
    text = (_house.ROOT / "pyproject.toml").read_text("utf-8")
    block = text.partition("\nignore = [\n")[2].partition("\n]")[0]
    assert [line for line in block.splitlines() if "#" not in line and "RUF00" not in line] == []


def test_strangers_keep_to_their_room() -> None:
    lost = []
    for file in SOURCES:
        place = str(file.path.relative_to(_house.PACKAGE))
        for module in _house.imports(file):
            homes = next((at for name, at in _house.STRANGERS.items() if f"{module}.".startswith(f"{name}.")), None)
            if homes is not None and not any(place.startswith(home) for home in homes):
                lost.append(f"{place}: {module}")
    assert lost == []


def test_parts_never_meet_and_private_files_stay_private() -> None:
    met = []
    parts = {room: finder.names(room) for room in finder.ROOMS}
    for file in SOURCES:
        wiring = file.room in ("act", "home", "web", "")
        for module in _house.imports(file):
            room, _, rest = module.removeprefix("touchstone.").partition(".")
            if not module.startswith("touchstone.") or room not in finder.ROOMS or not rest:
                continue
            is_part = any(f"{rest}.".startswith(f"{name}.") for name in parts[room])
            if is_part or (rest.startswith("_") and room != file.room and not wiring):
                met.append(f"{file}: {module}")
    assert met == []


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    ran = subprocess.run([program, "--no-cache"], check=False, cwd=_house.ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_nothing_of_this_machine_is_written_down() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=_house.ROOT, capture_output=True, text=True, check=True)
    texts = [
        path for path in listed.stdout.split("\0") if path.endswith((".py", ".md", ".toml", ".sh", ".lock", ".yaml"))
    ]
    private = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/scratch)/")
    assert [each for each in texts if private.search((_house.ROOT / each).read_text("utf-8"))] == []
