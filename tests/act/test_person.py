"""A person's rights: what they allow, seeing all that is kept, and being erased so that nothing brings them back."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests import _brand
from tests._search import holding
from tests.act._attached import attached
from touchstone import cli
from touchstone.act import _journey
from touchstone.core.errors import Refused, Retry
from touchstone.core.viewer import Viewer
from touchstone.rules import consent
from touchstone.store import tables
from touchstone.store._record import Record

WHO, TWIN = "crm-quintessa-77", "shop-qv-4711"
NAME, MAIL, PHONE = "Quintessa Vandermolen", "quin.vander@mail.example", "+44 20 7946 0991"
STORY = "My name is Quintessa Vandermolen. The parking was brimful of puddles; write to quin.vander@mail.example."
BILL = "For pumping out 41 puddles."
STRINGS = [WHO, "Quintessa", "Vandermolen", MAIL, PHONE, "brimful of puddles", "puddles all over again", BILL]


def home_with(folder: Path, **settings: Any) -> Any:
    """The brand after words were read, one of whose customers is Quintessa, whom a dealer answered by name."""
    home = _brand.empty(folder / "home", **settings)
    voices = _brand.voices()
    for place, row in enumerate(voices):
        row["person"] = WHO if place % 10 == 3 else f"other-{place % 9}"
    voices[3] |= {"text": STORY, "thread": "talk-1"}
    contacts = json.dumps({"email": MAIL, "phone": PHONE})
    people = [{"id": WHO, "name": NAME, "contacts": contacts, "consents": '{"contact": "granted"}'},
              {"id": TWIN, "name": NAME, "contacts": contacts}, {"id": "other-1", "name": "Will Other"}]  # fmt: skip
    home.store.put("person", people)
    home.store.append([voices])
    answer = {"source": "desk", "unit": "north-quay", "kind": "message"}
    reply = "Dear Quintessa, we swept the parking. Yours, North Quay"
    home.store.append([[
        answer | {"source_id": "1", "thread": "talk-1", "text": reply},
        answer | {"source_id": "2", "text": f"Please call {PHONE} about the bill.", "person": "other-1"},
        answer | {"source_id": "3", "text": "Puddles all over again", "person": WHO},
    ]])  # fmt: skip
    home.store.append([[answer | {"source_id": "3", "text": "puddles all over again, still", "person": WHO}]])
    home.store.rejected([{"source": "desk", "row": 9, "reason": "no scale", "record": {"name": NAME, "note": "no id"}}])
    understood(home)
    why = {"left": WHO, "right": TWIN, "layer": "same_person", "probability": 0.4, "reason": json.dumps({"name": NAME})}
    home.store.replace("link", "t@1", [why | {"id": "l1"}, why | {"id": "l2", "left": "other-1", "right": "other-2"}])
    told = {
        "name": "word_of_mouth",
        "by": [("person", WHO)],
        "value": 1.0,
        "n": 3,
        "detail": json.dumps({"said": STORY}),
    }
    home.store.replace("metric", "t@1", [told | {"id": "m1"}, told | {"id": "m2", "by": [], "detail": "{}"}])
    home.act("correct", interaction=said(home), change={"touchpoint": "parking", "polarity": "negative"})
    home.act("example", touchpoint="parking", texts=f"{STORY}\nNowhere to leave the car.")
    attached(home, who=WHO, name="Vandermolen", bill=BILL)
    return home


def understood(home: Any) -> None:
    """The steps of the journey that read words; connectors and measures take most of its time."""
    for name in ("derive", "understand"):
        _journey.STEPS[name](home.store)


def said(home: Any) -> str:
    rows = home.ask().lake("select id from interaction where contains(text, 'brimful')").to_pylist()
    return str(rows[0]["id"])


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    home = home_with(folder)
    home.store.close()
    return folder / "home"


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Any:
    shutil.copytree(lived, tmp_path / "home")
    return touchstone.open(tmp_path / "home", now="2026-11-21T09:00:00+00:00")


def test_the_search_finds_what_is_packed_however_it_is_packed(lived: Path, tmp_path: Path) -> None:
    assert {line.split()[0].split("/")[0] for line in holding(lived, STRINGS)} >= {"record.sqlite", "lake", "rejects"}
    (tmp_path / "pickle").write_bytes(pickle.dumps({"text": [STORY]}))
    (tmp_path / "base64").write_bytes(base64.b64encode(b"xy" + STORY.encode()))
    (tmp_path / "gzip").write_bytes(gzip.compress(pickle.dumps(STORY)))
    with zipfile.ZipFile(tmp_path / "zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("inner", gzip.compress(STORY.encode()))
    found = {line.split("/")[0].split()[0] for line in holding(tmp_path, ["brimful of puddles"])}
    assert found == {"pickle", "base64", "gzip", "zip"}


@pytest.fixture(scope="module")
def erased(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The home after Quintessa was erased, under one id and then the other, with what was told of it."""
    folder = tmp_path_factory.mktemp("erased") / "home"
    shutil.copytree(lived, folder)
    home = touchstone.open(folder, now="2026-11-21T09:00:00+00:00")
    theirs = home.ask().lake("select id from interaction where person = ?", [WHO])["id"].to_pylist()
    before = home.ask().lake("select sum(n) as n from rollup")["n"][0].as_py()
    told = home.act("person.erase", person=WHO)
    lost = before - home.ask().lake("select sum(n) as n from rollup")["n"][0].as_py()
    desk = "select source_id, text from interaction where source = 'desk' order by all"
    others = home.ask().lake(desk)["text"].to_pylist()
    home.store.erase(TWIN)  # the same woman under another id: her name is hers there too
    yield {"home": home, "ids": theirs, "told": told, "lost": lost, "others": others}
    home.store.close()


def test_nothing_of_an_erased_person_is_left_in_any_file(erased: Any) -> None:
    home, ids = erased["home"], erased["ids"]
    assert erased["told"]["interactions"] == len(ids) == 6
    assert {"record.sqlite-wal", "record.sqlite-shm"} <= {
        each.name for each in home.path.iterdir()
    }  # looked through too
    assert holding(home.path, STRINGS) == []
    assert holding(home.path / "lake", ids) == []  # the chain of what was done keeps ids of what she said
    assert home.store.verify() is None
    planted = "select id from {} where id in ('l1', 'l2', 'm1', 'm2') order by id"
    kept = [home.ask().lake(planted.format(name))["id"].to_pylist() for name in ("link", "metric")]
    assert kept == [[], ["m2"]]  # a link whose reason names her goes, whoever it is of


def test_counts_lose_just_what_went(erased: Any) -> None:
    assert erased["lost"] == 6


def test_what_others_said_stays_without_her_name(erased: Any) -> None:
    home = erased["home"]
    assert erased["others"] == [
        "Dear •••••••••, we swept the parking. Yours, North Quay",
        f"Please call {'•' * len(PHONE)} about the bill.",
    ]
    others = home.ask().lake("select count(*) as n from interaction where person like 'other%'")["n"][0].as_py()
    assert others == 46
    understood(home)
    assert holding(home.path, STRINGS) == []
    assert home.store.verify() is None
    heard = home.ask().lake(
        "select interaction from mention m join interaction i on i.id = m.interaction where source = 'desk'"
    )
    assert len(heard)  # what was said besides is understood anew


def test_an_older_record_put_back_is_erased_again_when_it_is_opened(home: Any, lived: Path) -> None:
    home.act("person.erase", person=WHO)
    home.store.erase(TWIN)
    home.store.close()
    (home.path / "record.sqlite").unlink()
    shutil.copy(lived / "record.sqlite", home.path / "record.sqlite")
    shutil.rmtree(home.path / "lake")
    shutil.copytree(lived / "lake", home.path / "lake")
    shutil.copytree(lived / "rejects", home.path / "rejects", dirs_exist_ok=True)
    again = touchstone.open(home.path)
    assert holding(home.path, STRINGS) == []
    assert again.store.verify() is None
    assert again.ask().lake("select count(*) as n from interaction")["n"][0].as_py() > 40


def test_an_erasure_that_was_stopped_half_way_is_done_when_the_home_is_next_opened(
    home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: Record) -> None:
        raise Retry("the record is in use.")

    with monkeypatch.context() as patched:
        patched.setattr(Record, "compact", busy)
        with pytest.raises(Retry):
            home.store.erase(WHO)
    home.store.erase(TWIN)
    home.store.close()
    touchstone.open(home.path).store.close()
    assert holding(home.path, STRINGS) == []


def test_a_source_that_still_has_her_brings_nothing_back_but_what_is_new(home: Any) -> None:
    home.act("person.erase", person=WHO)
    old = {"source": "letters", "source_id": "3", "person": WHO, "text": STORY, "occurred_at": _brand.START}
    assert home.store.append([[old, old | {"source_id": "new", "occurred_at": None}]]).total == 0
    home.store.put("person", [{"id": WHO, "name": NAME}])
    home.store.rejected([{"source": "desk", "row": 1, "reason": "no scale", "record": {"who": WHO}}])
    assert holding(home.path, [WHO]) == []
    later = home.store.now.replace(year=2027)
    assert home.store.append([[old | {"source_id": "400", "occurred_at": later, "text": "Back again"}]]).new == 1
    home.store.put("person", [{"id": WHO, "name": NAME}])
    assert home.ask().record(tables.person.select().where(tables.person.c.id == WHO))[0]["name"] == NAME
    home.store.close()
    again = tables.interaction.select().where(tables.interaction.c.person == WHO)
    assert [row["text"] for row in touchstone.open(home.path).ask().record(again)] == ["Back again"]


def test_models_taught_with_her_words_are_forgotten_and_taught_anew_without(home: Any) -> None:
    home.act("example", touchpoint="parking", texts="No space to stop.\nI circled the block.", polarity="negative")
    home.act("model.teach", durable=False)
    taught = home.act("model.apply")["model"]
    assert "model" not in home.act("person.erase", person="other-2")  # one whose words taught nothing
    assert (home.path / "models" / f"{taught}.npz").exists()
    told = home.act("person.erase", person=WHO)
    assert told["model"] not in (taught, "shipped")
    assert [path.stem for path in (home.path / "models").iterdir()] == [told["model"]]
    home.store.erase(TWIN)
    assert holding(home.path, STRINGS) == []


def test_all_persons_of_a_customer_go_together_if_that_is_said(home: Any) -> None:
    home.act("link.merge", person=WHO, other=TWIN)
    assert home.act("person.export", person=WHO)["others"] == [TWIN]
    assert len(home.act("person.export", person=WHO, together=True)["persons"]) == 2
    told = home.act("person.erase", person=WHO, together=True)
    assert (told["persons"], told["others"]) == (2, [])
    assert holding(home.path, [*STRINGS, TWIN]) == []


def test_a_person_sees_everything_that_is_kept_of_them(home: Any) -> None:
    home.act("person.consent", person=WHO, state="revoked", by="Quintessa on the phone")
    (found,) = home.act("person.export", person=WHO)["persons"]
    assert json.loads(json.dumps(found, default=str))["id"] == WHO
    assert found["person"][0]["name"] == NAME
    assert len(found["interaction"]) == 6
    assert found["interaction_history"][0]["text"] == "Puddles all over again"
    assert [each["table"] for each in found["correction"]] == ["mention"]
    assert any(each["touchpoint"] == "parking" for each in found["mention"])
    assert {each["layer"] for each in found["signal"]} >= {"language"}
    assert [each["action"] for each in found["activity"]] == ["message.reply", "person.consent", "person.export"]
    assert not any("other-" in json.dumps(each, default=str) for each in found["interaction"])


def test_an_objection_to_contact_is_kept_with_its_history(home: Any) -> None:
    first = home.act("person.consent", person=WHO, state="revoked")
    assert first == {"person": WHO, "consents": {"contact": "revoked"}, "new": True}
    assert home.act("person.consent", person=WHO, state="revoked")["new"] is False
    (row,) = home.ask().record(tables.person.select().where(tables.person.c.id == WHO))
    assert not any(consent.may(row["consents"], each) for each in consent.CONTACT)
    assert [each["state"] for each in consent.history(row["consents"])] == ["granted", "revoked"]
    assert row["name"] == NAME


@pytest.mark.parametrize("action", ["person.consent", "person.export", "person.erase"])
def test_nobody_is_taken_for_somebody(home: Any, action: str) -> None:
    fields = {"state": "denied"} if action == "person.consent" else {}
    with pytest.raises(Refused, match="nobody"):
        home.act(action, person="quintesa", **fields)


@pytest.mark.parametrize("role", ["partner", "outsider"])
def test_only_an_insider_erases(home: Any, role: str) -> None:
    with pytest.raises(Refused):
        home.store.as_viewer(Viewer(role, ("north",) if role == "partner" else ())).erase(WHO)


def test_the_commands_write_data_to_a_file_of_ones_own_and_end_well(
    home: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    home.store.close()
    out, where = home.path.parent / "out.json", ["--home", str(home.path)]
    assert commanded("export", WHO, *where, "-o", str(out)) == 0
    assert json.loads(out.read_text("utf-8"))["persons"][0]["person"][0]["name"] == NAME
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    capsys.readouterr()
    assert commanded("export", *where) == 0
    whole = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["table"] for each in whole} >= {"person", "unit", "interaction", "mention", "signal"}
    assert sum(each["table"] == "interaction" for each in whole) == 53
    assert commanded("erase", WHO, *where) == 0
    assert json.loads(capsys.readouterr().out)["interactions"] == 6
    assert commanded("erase", WHO, *where) == 77


def commanded(*words: str) -> int:
    """How the command ends."""
    try:
        return int(cli.main(list(words)) or 0)
    except SystemExit as ended:
        return int(ended.code or 0)
