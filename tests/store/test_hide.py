"""A partner reads his customers' words without their personal data, by whatever way he asks; an insider reads all."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

import touchstone
from tests._brand import UNITS
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.tables import MENTION
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.show import _render
from touchstone.store import tables

SAID = "Ida Example here, call +44 20 7946 0991 or mail ida@mail.example about the bill."
SHOWN = "••••••••••• here, call •••••••••••••••• or mail •••••••••••••••• about the bill."
PARTNER, ANALYST = Viewer("partner", ("north",)), Viewer("insider", personal=False)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    chosen = {}
    if request.param == "postgresql":
        running = request.getfixturevalue("postgres")
        chosen = {"database": running.database()}
    home = touchstone.open(tmp_path_factory.mktemp("hide") / "home", taxonomy="auto_dealer", **chosen)
    home.store.put("unit", UNITS)
    home.store.put("person", [{"id": "c1", "name": "Ida Example", "contacts": '{"email": "ida@mail.example"}'}])
    first = {"source": "letters", "source_id": "1", "unit": "north-quay", "person": "c1"}
    first["text"] = "ida@mail.example wrote"
    attributes = json.dumps({"note": "reach her on +44 20 7946 0991"})
    home.store.append([[first]])
    home.store.append([[first | {"text": SAID, "attributes": attributes}]])
    others = {"2": "Ida Example was kind to us.", "3": None, "4": ""}
    home.store.append([[first | {"person": None, "source_id": id, "text": text} for id, text in others.items()]])
    home.store.append([[first | {"source_id": "5", "unit": "south", "text": "What the south alone may read."}]])
    home.store.derive()
    start = SAID.index("bill")
    mention = {"id": "m", "touchpoint": "bill", "start": start, "stop": start + 4, "polarity": "negative"}
    about = home.ask().lake("select id, seq from interaction where source_id = '1'").to_pylist()[0]
    row = {**dict.fromkeys(MENTION.names), **mention, "interaction": about["id"], "maker": "touchpoint@1"}
    home.store.extend("mention", "touchpoint@1", pa.Table.from_pylist([row], schema=MENTION), about["seq"])
    yield home
    home.store.close()
    if chosen:
        running.drop(chosen["database"])


def texts(home: Any, viewer: Viewer) -> list[str | None]:
    north = "select text from interaction where unit <> 'south' order by source_id"
    return home.ask(viewer).lake(north)["text"].to_pylist()


def test_the_lake_shows_a_partner_no_personal_data_and_an_insider_all(home: Any) -> None:
    assert texts(home, INSIDER) == [SAID, "Ida Example was kind to us.", None, ""]
    assert texts(home, PARTNER) == [SHOWN, "Ida Example was kind to us.", None, ""]
    told = "select count(*) as n from interaction where contains(text, '7946') or contains(attributes, '7946')"
    assert home.ask(PARTNER).lake(told)["n"].to_pylist() == [0]


def test_spans_of_mentions_stay_where_they_are(home: Any) -> None:
    sql = "select text[start + 1:stop] as words from mention m join interaction i on i.id = m.interaction"
    assert home.ask(PARTNER).lake(sql)["words"].to_pylist() == ["bill"]


@pytest.mark.parametrize("viewer", [PARTNER, ANALYST])
@pytest.mark.parametrize("table", ["interaction", "interaction_history"])
def test_the_record_shows_them_none_either_however_it_is_asked(home: Any, table: str, viewer: Viewer) -> None:
    kept = tables.metadata.tables[table]
    rows = home.ask(viewer).record(kept.select().order_by(kept.c.source_id))
    said = json.dumps([[row["text"], row["attributes"]] for row in rows])
    assert rows[0]["text"] == (SHOWN if table == "interaction" else "•••••••••••••••• wrote")
    assert "7946" not in said
    assert "@" not in said
    for wanted in (sa.func.substr(kept.c.text, 1, 200), kept.c.text.concat("!"), kept.c.attributes):
        with pytest.raises(Refused):
            home.ask(viewer).record(sa.select(wanted))
    with pytest.raises(Refused):  # nor is it found by what it says
        home.ask(viewer).record(sa.select(kept.c.id).where(kept.c.text.contains("@")))
    within = kept.select().subquery()
    assert home.ask(viewer).record(sa.select(within.c.id).where(within.c.text.contains("@"))) == []
    assert home.ask(viewer).record(sa.select(within).order_by(within.c.source_id)) == rows


def test_what_is_made_of_a_text_in_the_record_opens_no_other(home: Any) -> None:
    """In the place of a text a question handles a mark: one changed into that of another row, or column, is none."""
    (other,) = home.ask().record(tables.interaction.select().where(tables.interaction.c.unit == "south"))
    within = tables.interaction.select().where(tables.interaction.c.source_id == "1").subquery()
    start = sa.func.length(within.c.text) - sa.func.length(sa.cast(within.c.seq, sa.Text))
    forged = sa.func.substr(within.c.text, 1, start).concat(str(other["seq"])).label("made")
    (made,) = home.ask(PARTNER).record(sa.select(forged))
    assert "south" not in made["made"]
    assert home.ask(ANALYST).record(sa.select(forged))[0]["made"] == other["text"]  # who may read it anyway
    for column in ("person", "text "):
        changed = sa.func.replace(within.c.text, " text ", f" {column} ").label("made")
        (made,) = home.ask(ANALYST).record(sa.select(changed))
        assert made["made"] not in (None, "c1")


def test_a_word_learned_of_one_question_opens_no_other(home: Any) -> None:
    """Questions of one form share the word of their marks: whoever learns it can say it in that form alone."""
    within = tables.interaction.select().where(tables.interaction.c.source_id == "1").subquery()

    def asked(said: str) -> dict[str, Any]:
        question = sa.select(sa.func.substr(within.c.text, 1, 16).label("word"), sa.literal(said).label("made"))
        (row,) = home.ask(PARTNER).record(question)
        return dict(row)

    word = asked("")["word"]
    assert asked("again")["word"] == word
    (other,) = home.ask().record(tables.interaction.select().where(tables.interaction.c.unit == "south"))
    forged = f"{word} interaction text {other['seq']}"
    assert asked(forged)["made"] == forged  # no words of units that are not theirs
    for table in (tables.account, tables.interaction):
        named = sa.select(table).subquery(f"{table.name}_{word}")
        with pytest.raises(Refused) if table is tables.account else nullcontext():
            assert other["id"] not in [row["id"] for row in home.ask(PARTNER).record(sa.select(named.c.id))]


def test_what_was_corrected_is_shown_without_them_too(home: Any) -> None:
    change = json.dumps({"text": "Write to ida@mail.example"})
    home.store.correct([{"id": "k1", "table": "example", "change": change}])
    for viewer, told in ((INSIDER, change), (ANALYST, change.replace("ida@mail.example", "•" * 16))):
        assert [row["change"] for row in home.ask(viewer).record(tables.correction.select())] == [told]


def test_a_partners_page_shows_the_words_without_them_and_the_owners_with_them(home: Any) -> None:
    about = home.ask().lake("select id from interaction where source_id = '1'")["id"][0].as_py()
    for viewer, shown in ((INSIDER, True), (PARTNER, False)):
        page = _render.html(finder.verb("show", "interaction")(home.ask(viewer), id=about), viewer=viewer)
        assert ("ida@mail.example" in page) is shown
        assert ("7946" in page) is shown
        assert "bill" in page


def test_an_outsider_reads_nothing(home: Any) -> None:
    with pytest.raises(Refused):
        home.ask(Viewer("outsider")).lake("select text from interaction")
    with pytest.raises(Refused):
        home.ask(Viewer("outsider")).record(tables.interaction.select())


def test_who_is_renamed_is_hidden_under_the_new_name(tmp_path: Path) -> None:
    home = touchstone.open(tmp_path / "home", taxonomy="auto_dealer")
    home.store.put("unit", UNITS)
    home.store.append([[{"source": "s", "source_id": "1", "unit": "north", "person": "c", "text": "Thanks, Quentin"}]])
    home.store.derive()
    assert texts(home, PARTNER) == ["Thanks, Quentin"]
    home.store.put("person", [{"id": "c", "name": "Quentin Nye"}])
    assert texts(home, PARTNER) == ["Thanks, •••••••"]
