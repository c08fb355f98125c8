"""A home teaches a model of its own, sees what it would change, applies it, and goes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import _brand
from touchstone.act._journey import STEPS
from touchstone.core.errors import Refused
from touchstone.core.page import Cards, Estimate, Form, Grid, Voice, Words
from touchstone.core.viewer import Viewer
from touchstone.home import texts

PARKING = "\n".join(f"Nowhere to leave the car, {word}." for word in ("again", "sadly", "as ever", "twice"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = _brand.full(tmp_path_factory.mktemp("teaching") / "home")
    assert made.act("example", touchpoint="Parking", texts=PARKING, polarity="negative") == {"examples": 4}
    texts = made.ask().lake("select id from interaction where text like 'Waiting%' order by id")["id"].to_pylist()
    for id in texts[:6]:  # the machine is to learn that here nobody speaks of the bill
        made.act("correct", interaction=id, change={"touchpoint": "clarity of the bill", "polarity": None})
    return made


def heard(home: Any) -> list[dict[str, Any]]:
    sql = "select interaction, touchpoint, polarity, maker from mention order by id"
    return [dict(row) for row in home.ask().lake(sql).to_pylist()]


def lesson(home: Any) -> dict[str, Any]:
    rows = home.ask().lake("select detail from metric where name = 'lesson'")["detail"].to_pylist()
    return dict(json.loads(rows[0])) if rows else {}


def test_a_lesson_changes_nothing_until_it_is_applied(home: Any) -> None:
    before, asked = heard(home), lesson(home)
    assert asked == {}
    told = home.act("model.teach", durable=False)
    assert told["teach"]["examples"] == 10
    assert heard(home) == before
    assert home.store.model == ""
    assert lesson(home)["state"] == "ready"
    changes = home.ask().lake("select detail from metric where name = 'lesson_change'")["detail"].to_pylist()
    for each in map(json.loads, changes):
        assert each["after"] == each["before"] + each["added"] - each["removed"]


def test_the_page_shows_before_and_after_with_changed_texts(home: Any) -> None:
    shown = home.page("teaching")
    assert "Nothing is applied yet" in shown.sentence
    kinds = [type(block) for block in shown.blocks]
    assert kinds[0] is Cards
    buttons = [block.button for block in shown.blocks if isinstance(block, Form)]
    assert buttons[:3] == ["Apply", "Discard", "Teach again"]
    supply = next(block for block in shown.blocks if isinstance(block, Grid) and "taught by" in block.title)
    assert {row[0]: row[1] for row in supply.rows}["Parking"] >= 4
    if lesson(home)["changed"]:
        words = next(block for block in shown.blocks if isinstance(block, Words))
        assert any(each.change for verbatim in words.verbatims for each in verbatim.heard)


@pytest.mark.usefixtures("few_measures")
def test_what_is_applied_reads_everything_at_the_next_run_and_one_can_go_back(home: Any) -> None:
    version = lesson(home)["version"]
    first = heard(home)
    assert home.act("model.apply") == {"model": version}
    assert lesson(home) == {}
    with pytest.raises(Refused, match="no such model"):
        home.act("model.apply")
    home.run(durable=False)
    taught = heard(home)
    assert {row["maker"].partition("@")[2] for row in taught if "@" in row["maker"]} != {
        row["maker"].partition("@")[2] for row in first
    }
    assert Path(home.store.model).exists()
    rows = home.page("teaching").blocks
    models = next(block for block in rows if isinstance(block, Grid) and block.title.startswith("Models"))
    assert [row[-1] for row in models.rows] == ["", "in force"]
    for chosen, said in (("shipped", first), (version, taught)):
        home.act("model.apply", version=chosen)
        STEPS["understand"](home.store)
        assert heard(home) == said


def test_corrections_stand_over_a_taught_model(home: Any) -> None:
    sql = """select count(*) as n from mention m join correction c on c.interaction = m.interaction
        where c."table" = 'mention' and m.touchpoint = 'clarity of the bill'"""
    assert home.ask().lake(sql)["n"].to_pylist() == [0]


def test_what_is_discarded_leaves_no_file_and_no_page(home: Any) -> None:
    home.act(
        "example", lines='{"text": "Lovely coffee.", "mentions": [{"touchpoint": "waiting area"}], "kinds": ["praise"]}'
    )
    home.act("model.teach", durable=False)
    version = lesson(home)["version"]
    assert home.act("model.discard") == {"discarded": version}
    assert home.act("model.discard") == {"discarded": ""}
    assert not (home.path / "models" / f"{version}.npz").exists()
    assert lesson(home) == {}


def test_a_model_that_the_settings_name_is_not_overruled(home: Any) -> None:
    import touchstone

    other = touchstone.open(home.path, model=str(home.store.model), now="2026-11-21T09:00:00+00:00")
    with pytest.raises(Refused, match="the setting"):
        other.act("model.apply", version="shipped")


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing to learn"):
        _brand.empty(tmp_path / "home").act("model.teach", durable=False)


MISTAKES = [
    ({"texts": "A text."}, "touchpoint"),
    ({"touchpoint": "the moon", "texts": "A text."}, "touchpoint"),
    ({"touchpoint": "parking", "texts": "\n \n"}, "texts"),
    ({"lines": "no json"}, "lines"),
    ({"lines": '{"mentions": []}'}, "lines"),
    ({"lines": '{"text": "A", "mentions": [{"touchpoint": "parking", "polarity": "furious"}]}'}, "polarity"),
    ({"file": "no/such/file.jsonl"}, "file"),
]


@pytest.mark.parametrize(("fields", "field"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_in_examples_is_refused_beside_its_field(home: Any, fields: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        home.act("example", **fields)
    assert refusal.value.field == field


def test_asked_first_is_what_the_machine_is_least_sure_of_and_answers_leave_the_list(home: Any) -> None:
    shown = home.page("labelling")
    voice = shown.blocks[0]
    assert isinstance(voice, Voice)
    asked = voice.verbatim.id
    assert home.page("labelling", skip="1").blocks[0].verbatim.id != asked
    assert home.act("read", interaction=asked, agreed=True, picked=True) == {"read": 1, "unknown": 0}
    [kept] = [row for row in home.store.corrections(asked) if row["table"] == "example"]
    said = {each["touchpoint"] for each in json.loads(kept["change"])["mentions"]}
    assert said == {each.name for each in voice.mentions}
    assert home.page("labelling").blocks[0].verbatim.id != asked
    assert asked not in home.store.readings()


def in_order(home: Any) -> list[str]:
    sql = "select interaction from signal where layer = 'asking' order by score desc"
    return [str(id) for id in home.ask().lake(sql)["interaction"].to_pylist()]


def test_a_home_asks_in_the_order_of_teach_ask(tmp_path: Path) -> None:
    home = _brand.full(tmp_path / "home")
    rows = home.ask().lake("select id, text from interaction where text <> '' order by id").to_pylist()
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    model = tmp_path / "model.npz"
    (tmp_path / "none.jsonl").touch()
    texts.teach_file(str(tmp_path / "none.jsonl"), output=str(model), taxonomy="auto_dealer")
    texts.ask_file(str(tmp_path / "texts.jsonl"), model=str(model), output=str(tmp_path / "asked.jsonl"))
    asked = [json.loads(line)["id"] for line in (tmp_path / "asked.jsonl").read_text("utf-8").splitlines()]
    assert asked
    assert in_order(home)[: len(asked)] == asked
    assert [home.page("labelling", skip=str(n)).blocks[0].verbatim.id for n in range(4)] == asked[:4]


@pytest.mark.usefixtures("few_measures")
def test_who_is_asked_about_goes_with_who_is_erased_and_partners_see_no_more_than_their_own(tmp_path: Path) -> None:
    home = _brand.empty(tmp_path / "home")
    voices = [{**row, "person": row["source_id"]} for row in _brand.voices()]
    home.store.append([voices])
    home.run(durable=False)
    [gone] = home.ask().lake("select person from interaction where id = ?", [in_order(home)[0]])["person"].to_pylist()
    before = in_order(home)
    assert home.store.erase(gone).interactions == 1
    assert in_order(home) == before[1:]
    partner = home.store.as_viewer(Viewer("partner", units=("north",)))
    sql = "select distinct i.unit from signal s join interaction i on i.id = s.interaction where s.layer = 'asking'"
    assert set(partner.ask().lake(sql)["unit"].to_pylist()) <= {"north-quay", "north-hill"}
    assert partner.ask().lake("select count(*) as n from signal where layer = 'asking'")["n"][0].as_py() < len(before)


@pytest.mark.usefixtures("few_measures")
def test_an_answer_to_what_is_asked_is_never_taken_for_a_random_reading(tmp_path: Path) -> None:
    home = _brand.full(tmp_path / "home")
    for id in in_order(home)[:4]:
        home.act("read", interaction=id, agreed=True, picked=True)
    assert home.store.readings() == {}
    home.run(durable=False)
    assert not set(in_order(home)) & {row["interaction"] for row in home.store.corrections()}


def test_examples_that_quote_an_erased_person_go_and_others_stay(tmp_path: Path) -> None:
    home = _brand.empty(tmp_path / "home")
    letter = {"source": "letters", "person": "ann", "text": "Nowhere to park.\nThe  coffee was cold, as ever."}
    home.store.append([[{**letter, "source_id": "1"}]])
    home.store.append([[{**letter, "source_id": "1", "text": "Parking is better now."}]])
    for typed in ("Nowhere to park.\nThe coffee was cold, as ever.", "Parking is better now.", "Cold coffee."):
        home.act("example", touchpoint="parking", texts=typed)
    lines = json.dumps({"text": letter["text"], "mentions": []})
    home.act("example", lines=lines)
    assert home.store.erase("ann").interactions == 1
    assert [json.loads(row["change"])["text"] for row in home.store.corrections()] == ["Cold coffee."]


def test_readings_kept_apart_measure_now_and_taught(home: Any) -> None:
    ids = home.ask().lake("select id from interaction order by id")["id"].to_pylist()
    for id in ids:
        home.act("read", interaction=id, agreed=True)
    home.act("model.teach", durable=False)
    rows = home.ask().lake("select value, low, high, detail from metric where name = 'lesson_accuracy'").to_pylist()
    assert rows
    for row in rows:
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1
    assert "kept apart" in home.page("teaching").lead


def test_how_well_a_model_reads_stays_known_once_it_is_applied(home: Any) -> None:
    told = lesson(home)
    assert told["state"] == "ready"
    sql = "select name, value, low, high, n from metric where name like 'lesson_accuracy' order by id"
    before = home.ask().lake(sql).to_pylist()
    home.act("model.apply")
    assert lesson(home) == {}
    assert home.ask().lake(sql).to_pylist() == before
    supply = next(
        block for block in home.page("teaching").blocks if isinstance(block, Grid) and "taught by" in block.title
    )
    assert any(isinstance(row[2], Estimate) for row in supply.rows)
    home.act("model.apply", version="shipped")
    assert home.ask().lake(sql).to_pylist() == []


def test_what_examples_held_out_say_is_kept_by_touchpoint() -> None:
    from types import SimpleNamespace

    from touchstone.act._tried import expected

    told = {
        "parking": {"f1": 0.8, "low": 0.7, "high": 0.9, "n": 12},
        "bill": {"f1": 0.0, "low": 0.0, "high": 1.0, "n": 0},
    }
    [row] = expected(SimpleNamespace(facts={"expected": {"touchpoints": told}}))
    assert (row["by"], row["value"], row["low"], row["high"], row["n"]) == (
        [("touchpoint", "parking")],
        0.8,
        0.7,
        0.9,
        12,
    )
    assert expected(SimpleNamespace(facts={})) == []
