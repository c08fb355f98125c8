"""The example brand's home: whoever is in it can be erased from it, from every file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests._search import holding
from touchstone.act import _journey
from touchstone.home import _example_work, demo
from touchstone.store import loop, persons, surveys


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("demo") / "home"
    small = {"interactions": "1200", "dealers": "3", "customers": "150", "until": "2026-09-30"}
    with pytest.raises(StopIteration):
        demo.build(str(folder), settings=small, stage=_until("journey", []))
    home = touchstone.open(folder)
    for name in ("derive", "understand", "connect"):  # measures take most of a journey, and name nobody here
        _journey.STEPS[name](home.store)
    yield home
    home.store.close()


def test_who_lives_in_the_example_brand_is_erased_from_every_file_of_it(home: Any) -> None:
    known = (
        home.ask()
        .lake("""select p.id, p.name, p.contacts, count(*) as n from person as p
        join interaction as i on i.person = p.id where p.contacts is not null and i.text <> ''
        group by all order by n desc, p.id limit 1""")
        .to_pylist()[0]
    )
    own = "select text from interaction where person = ? and length(text) > 40"
    same = "select text from interaction group by text having count(*) = 1"
    texts = home.ask().lake(f"{own} and text in ({same})", [known["id"]])["text"].to_pylist()
    strings = [*json.loads(known["contacts"]).values(), *(each[:60] for each in texts)]  # ids like c9 are anywhere
    assert len(strings) > 2
    assert {line.split("/")[0].split(".")[0] for line in holding(home.path, strings)} >= {"record", "lake"}
    home.act("person.erase", person=known["id"])
    assert holding(home.path, strings) == []
    assert home.store.verify() is None
    assert not persons.knows(home.store, id=known["id"])


def test_what_is_true_of_its_people_is_not_kept_in_their_home(home: Any, tmp_path: Path) -> None:
    assert not list(home.path.glob("truth*"))
    chosen = {
        "interactions": "300",
        "dealers": "2",
        "customers": "40",
        "until": "2026-09-30",
        "truth": str(tmp_path / "truth.json"),
    }
    kept: list[str] = []
    with pytest.raises(StopIteration):
        demo.build(str(tmp_path / "home"), settings=chosen, stage=_until("journey", kept))
    assert kept == ["listen", "readings", "initiatives"]
    assert (tmp_path / "truth.json").exists()  # where somebody asks for it
    assert (tmp_path / "truth.labels.jsonl").exists()


def test_work_is_under_way_on_the_first_day_and_is_begun_once(home: Any) -> None:
    demo._logins(home)
    begun = []
    for _ in range(2):
        _example_work.begin(home.store, owner=demo.BOARD, partner=demo.DEALER)
        begun.append({row["stage"]: row["n"] for row in home.ask().record(loop.counts())})
    assert begun[0] == begun[1]
    assert begun[0]["received"] >= 1
    assert len(home.ask().record(surveys.which())) == 2


def _until(last: str, done: list[str]) -> Any:
    """Does stage by stage until the one named."""

    def stage(name: str, work: Any) -> Any:
        if name == last:
            raise StopIteration
        done.append(name)
        return work()

    return stage
