"""Who is named in a note is told: a line in the inbox and the week, a mail where they wish; nobody else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import touchstone
from tests._doors import Person, served, token
from tests.act.test_converse import NOW, say
from touchstone.act._converse import converse
from touchstone.core.page import Grid, Note, Story
from touchstone.rules import inbox as rules
from touchstone.show.conversation import show as conversation
from touchstone.show.inbox import show as inbox
from touchstone.show.week import show as week
from touchstone.store import accounts
from touchstone.store._live_outbox import outbox

WORD = "seven brown kettles"
PEOPLE = (("ann@example", "contact_centre", []), ("ben@example", "insight", []), ("gone@example", "insight", []),
          ("dora@example", "partner_staff", ["north"]), ("dirk@example", "partner_staff", ["south"]),
          ("cleo@example", "customer", []))  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """A conversation about one of two units, and colleagues of whom some may see it."""
    made = touchstone.open(tmp_path, taxonomy="auto_dealer", now=NOW.isoformat(), mail_from="cx@example.com",
                           address="https://cx.example.com")  # fmt: skip
    made.store.put("unit", [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}])
    made.store.put("person", [{"id": "ida", "name": "Ida Ibsen"}])
    say(made, "1", thread="mail", unit="north", person="ida", kinds=("problem",), channel="mail")
    converse(made.store)
    for name, role, units in PEOPLE:
        person = "ida" if role == "customer" else ""
        made.act("account.open", name=name, role=role, units=units, person=person, password=WORD)
    made.act("account.close", name="gone@example")
    return made


def viewer(home: Any, name: str) -> Any:
    found = accounts.find(home.store, name=f"{name}@example")
    assert found is not None
    return found.viewer


def note(home: Any, text: str, by: str = "ann") -> dict[str, Any]:
    from touchstone.act.message.note import act

    return act(home.store.as_viewer(viewer(home, by)), conversation="mail", text=text)


def told(home: Any, name: str) -> int:
    blocks = inbox(home.ask(viewer(home, name))).blocks
    grid = next((each for each in blocks if isinstance(each, Grid) and each.title == "News for you"), None)
    return len(grid.rows) if grid else 0


def mails(home: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in home.ask().record(sa.select(outbox))]


def test_only_who_sees_the_conversation_is_told_and_the_writer_reads_who_was_not(home: Any) -> None:
    everyone = " ".join(f"@{name}" for name, _, _ in PEOPLE)
    made = note(home, f"Please call: {everyone} @nobody.")
    assert made["mentions"] == ["ann@example", "ben@example", "dora@example"]
    assert made["missed"] == ["@gone@example", "@dirk@example", "@cleo@example", "@nobody"]
    assert {name: told(home, name) for name in ("ann", "ben", "dora", "dirk")} == {
        "ann": 0, "ben": 1, "dora": 1, "dirk": 0,
    }  # fmt: skip
    mine, another = (_last(home.ask(viewer(home, each))) for each in ("ann", "ben"))
    assert "tells ann@example, ben@example and dora@example" in mine
    assert mine.endswith("not told: no colleague of yours who sees this conversation")
    assert another.endswith("not told")


def _last(ask: Any) -> str:
    """What is said of the last note beside it."""
    story = next(each for each in conversation(ask, id="mail").blocks if isinstance(each, Story))
    return str(story.events[-1].where)


def test_a_partner_names_the_colleagues_of_their_units_and_learns_of_no_other(home: Any) -> None:
    made = note(home, "@ben@example @dirk@example @nobody@example @dora@example", by="dora")
    assert (made["mentions"], len(made["missed"])) == (["dora@example"], 3)
    assert told(home, "ben") == 0


def test_the_same_note_twice_tells_once_and_writing_there_is_having_seen(home: Any) -> None:
    for _ in range(2):
        note(home, "@ben@example, what do you think?")
    assert told(home, "ben") == 1
    note(home, "@ann@example, I think so.", by="ben")
    assert (told(home, "ben"), told(home, "ann")) == (0, 1)


def test_one_says_by_a_button_that_one_has_seen_it_and_nobody_says_so_for_another(home: Any) -> None:
    note(home, "@ben@example and @dora@example")
    with served(home) as address, Person(address) as dora:
        dora.sign_in("dora@example", WORD)
        page = dora.get("/inbox").text
        assert "News for you" in page
        assert "ann@example" not in page  # a colleague, to a partner
        dora.post("/act/notice.seen", data={"csrf": token(page), "back": "/inbox"})
        assert "News for you" not in dora.get("/inbox").text
    assert told(home, "ben") == 1


def test_who_subscribed_is_mailed_at_once_without_any_words_and_leaves_by_one_click(home: Any) -> None:
    home.act("subscription.make", what="mentions", account="ben@example")
    home.act("subscription.make", what="mentions", account="dora@example")
    note(home, "@ben@example @dora@example the xylophone of Ida Ibsen")
    to_ben, to_dora = sorted(mails(home), key=lambda row: row["to"])
    assert (to_ben["to"], to_dora["to"]) == ("ben@example", "dora@example")
    assert to_ben["subject"] == "ann@example named you in a note"
    assert to_dora["subject"] == "A colleague named you in a note"
    assert not any("xylophone" in row["text"] + row["html"] or "Ida" in row["text"] for row in mails(home))
    assert "https://cx.example.com/conversation?id=mail" in to_ben["text"]
    assert home.act("digest.send") == {"sent": 0}  # it is no page, and has no day of the week
    link = to_ben["headers"]["List-Unsubscribe"].strip("<>").partition("/unsubscribe/")[2]
    with served(home) as address, Person(address) as anyone:
        assert "whenever a note names you" in anyone.get(f"/unsubscribe/{link}").text
        assert anyone.post(f"/unsubscribe/{link}").status_code == 200
    note(home, "@ben@example once more")
    assert len(mails(home)) == 2


def test_the_week_says_so_and_it_goes_with_its_person(home: Any) -> None:
    note(home, "@ben@example")
    page = week(home.ask(viewer(home, "ben")))
    assert [each.text for each in page.blocks if isinstance(each, Note)] == [
        "A note names you, and you have not seen it."
    ]
    assert not [each for each in week(home.ask(viewer(home, "ann"))).blocks if isinstance(each, Note)]
    home.act("person.erase", person="ida")
    assert told(home, "ben") == 0


@pytest.mark.parametrize(
    ("text", "missed"),
    [("ida@mail.example wrote", []), ("@Ann@Example. and @ann@example", []), ("@@x @x, @x.", ["@x"]), ("@", [])],
)
def test_an_address_is_no_mention_and_capitals_do_not_matter(text: str, missed: list[str]) -> None:
    assert rules.unknown(text, ["ann@example"]) == missed
