"""The ready-made taxonomies, and that what trains the model stays out of the package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import touchstone
from touchstone.core import taxonomy as taxonomies
from touchstone.language.model import SHIPPED, load
from touchstone.language.tagger import tag

PACKAGE = Path(touchstone.__file__).parent
MODEL = load()


@pytest.mark.parametrize("name", taxonomies.ready_made())
def test_each_has_stages_owners_descriptions_and_words(name):
    held = taxonomies.load(name)
    assert len(held.touchpoints) >= 10
    assert len(held.stages) >= 2
    for each in held:
        assert each.owner in ("company", "partner")
        assert each.description.endswith(".")
        assert {"en", "fr", "es"} <= set(each.words)
    assert taxonomies.parse(taxonomies.write(held)) == held


@pytest.mark.parametrize("name", taxonomies.ready_made())
def test_most_examples_of_a_touchpoint_are_heard_as_it(name):
    held = taxonomies.load(name)
    lines = [{"id": each.name, "text": text} for each in held for text in each.examples]
    heard = [
        answer["id"] in {each["touchpoint"] for each in answer["mentions"]}
        for answer in tag(lines, model=MODEL, taxonomy=held)
    ]
    assert sum(heard) >= 0.45 * len(heard)


def test_the_shipped_model_is_small():
    assert SHIPPED.stat().st_size < 12_000_000


def test_the_package_never_imports_what_trains_its_model():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "training" for name in names), path
