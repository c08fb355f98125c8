"""A home whose touchpoints bring no words learns from its own texts how frequent each is, once, and keeps that."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

import touchstone
from touchstone.act._calibration import ENOUGH
from touchstone.act._journey import STEPS
from touchstone.act._reader import Reader
from touchstone.core.taxonomy import parse
from touchstone.language.tagger import tag

LIBRARY = """
name: library
stages:
- name: visit
  touchpoints:
  - {name: reading room, description: "Tables, chairs, light and silence where people read and work."}
  - {name: librarians, description: "How the people at the desk treat and help visitors."}
  - {name: collection, description: "Which books, newspapers and films can be borrowed."}
  - {name: fines, description: "What is charged when something comes back late."}
"""
WHO = ("The desk", "Somebody at the entrance", "The lamp upstairs", "A magazine", "The payment", "My card", "The film")
WAS = ("was dark", "helped me at once", "cost four dollars", "could not be found", "came back late", "was quiet")
SAID = [f"{who} {was}, {end}." for who, was, end in itertools.product(WHO, WAS, ("sadly", "again", "I think"))]


def home_at(path: Path, texts: list[str], *, taxonomy: str = LIBRARY) -> Any:
    file = path.with_suffix(".yaml")
    file.write_text(taxonomy, "utf-8")
    home = touchstone.open(path, taxonomy=str(file), now="2026-11-21T09:00:00+00:00")
    arrive(home, texts)
    return home


def arrive(home: Any, texts: list[str]) -> None:
    rows = [{"source": "letters", "source_id": text, "text": text, "occurred_at": "2026-11-01"} for text in texts]
    home.act("receive", interactions=rows)
    understand(home)


def understand(home: Any) -> None:
    """The journey as far as what is calibrated: what was understood is not yet measured."""
    for name in ("derive", "understand"):
        STEPS[name](home.store)


def heard(home: Any) -> dict[str, set[tuple[str, str]]]:
    sql = "select i.text, m.touchpoint, m.polarity from interaction i join mention m on m.interaction = i.id"
    found: dict[str, set[tuple[str, str]]] = {}
    for row in home.ask().lake(sql).to_pylist():
        found.setdefault(row["text"], set()).add((row["touchpoint"], row["polarity"]))
    return found


def makers(home: Any) -> set[str]:
    return {row["maker"] for row in home.ask().lake("select distinct maker from mention").to_pylist()}


def tagged(texts: list[str]) -> dict[str, set[tuple[str, str]]]:
    answers = tag([{"id": text, "text": text} for text in texts], taxonomy=parse(LIBRARY))
    told = {each["id"]: {(said["touchpoint"], said["polarity"]) for said in each["mentions"]} for each in answers}
    return {text: said for text, said in told.items() if said}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return home_at(tmp_path_factory.mktemp("calibration") / "home", SAID)


def test_a_home_finds_what_tag_finds_in_the_same_texts(library: Any) -> None:
    assert heard(library) == tagged(SAID)
    compiled = Reader(library.store).model.compile(parse(LIBRARY))
    assert Reader(library.store).enrichers.calibration.shares != tuple(compiled.meaning.shares)


def test_what_is_kept_holds_numbers_and_is_part_of_the_maker(library: Any) -> None:
    reader = Reader(library.store)
    [kept] = [json.loads(library.store.chosen(f"calibration/{reader._what}"))]
    assert set(kept) == {"texts", "shares"}
    assert kept["texts"] == len(SAID)
    assert sum(kept["shares"]) == pytest.approx(1)
    version = reader.enrichers.calibration.version
    assert reader.maker.endswith(f"-{version}")
    assert all(maker.endswith(f"-{version}") for maker in makers(library))


def test_a_text_reads_the_same_in_any_batch_and_in_any_later_run(library: Any) -> None:
    before, version = heard(library), makers(library)
    arrive(library, ["I paid a fine, a fine, and one more fine for being late."])
    after = heard(library)
    assert makers(library) == version
    assert {text: after[text] for text in before} == before
    reader = Reader(library.store)
    rows = library.ask().lake("select seq, id, text, touchpoint from interaction order by seq")
    whole = reader.read(rows)["mention"].to_pylist()
    single = [each for place in range(len(rows)) for each in reader.read(rows.slice(place, 1))["mention"].to_pylist()]
    key = lambda row: row["id"]  # noqa: E731 - the only use
    assert sorted(whole, key=key) == sorted(single, key=key)


def test_a_home_with_far_more_texts_learns_again_until_it_has_enough(tmp_path: Path) -> None:
    home = home_at(tmp_path / "home", SAID[:20])
    first = makers(home)
    arrive(home, SAID[20:60])
    assert makers(home) == first
    arrive(home, SAID)
    assert not makers(home) & first
    assert heard(home) == tagged(SAID)
    reader = Reader(home.store)
    home.store.choose(f"calibration/{reader._what}", json.dumps({"texts": ENOUGH, "shares": [0.1, 0.1, 0.1, 0.6, 0.1]}))
    arrive(home, [f"{text} Truly." for text in SAID])
    assert reader.enrichers.calibration.shares == (0.1, 0.1, 0.1, 0.6, 0.1)


def test_another_taxonomy_is_calibrated_anew_and_the_former_one_is_found_again(tmp_path: Path) -> None:
    home = home_at(tmp_path / "home", SAID)
    first, former = Reader(home.store).maker, heard(home)
    (tmp_path / "home.yaml").write_text(LIBRARY.replace("fines", "charges"), "utf-8")
    understand(home)
    other = Reader(home.store)
    assert other.maker != first
    assert other.enrichers.calibration.version
    assert {name for said in heard(home).values() for name, _ in said} <= {
        "reading room", "librarians", "collection", "charges"}  # fmt: skip
    (tmp_path / "home.yaml").write_text(LIBRARY, "utf-8")
    understand(home)
    assert (Reader(home.store).maker, heard(home)) == (first, former)


def test_touchpoints_with_words_and_homes_without_texts_need_no_calibration(tmp_path: Path) -> None:
    worded = "name: x\nstages:\n- name: y\n  touchpoints:\n  - {name: a, description: b, words: {en: [spoon]}}"
    for name, taxonomy, texts in (("worded", worded, ["A bent spoon."]), ("silent", LIBRARY, [])):
        home = home_at(tmp_path / name, texts, taxonomy=taxonomy)
        assert Reader(home.store).enrichers.calibration.version == ""
        assert Reader(home.store).maker.count("-") == Reader(home.store).model.version.count("-") + 1
