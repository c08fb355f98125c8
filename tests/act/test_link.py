"""Who is one customer: confirmed, rejected, merged, split and undone; kept for good, seen at once, erased with them."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import touchstone
from touchstone.core.errors import Refused
from touchstone.store import tables
from touchstone.store._customers import STAMP

PEOPLE = [f"p{number}" for number in range(8)]


def link(left: str, right: str, probability: float) -> dict[str, Any]:
    told = {"left": left, "right": right, "probability": probability, "reason": json.dumps({"email": 7.1})}
    return {"id": f"{left}-{right}", "layer": "same_person", "about": ["north"], "maker": "test@1", **told}


LINKS = [link("p0", "p1", 0.99), link("p1", "p2", 0.95), link("p3", "p4", 0.97), link("p4", "p5", 0.6)]


@pytest.fixture
def home(tmp_path: Path) -> Any:
    return made(tmp_path / "home")


def made(path: Path) -> Any:
    home = touchstone.open(path, taxonomy="auto_dealer", now="2026-11-21T09:00:00+00:00")
    said = [{"source": "letters", "source_id": each, "person": each, "unit": "north", "text": each} for each in PEOPLE]
    home.store.append([said])
    home.store.derive()
    home.store.replace("link", "test@1", LINKS)
    home.store.derive()
    return home


def customers(home: Any) -> dict[str, str]:
    """Person → the person their customer is called by, of customers with several."""
    rows = home.ask().record(tables.customer.select())
    called = {row["customer"]: row["person"] for row in rows if row["kept"]}
    assert len(called) == len({row["customer"] for row in rows}) == sum(row["kept"] for row in rows)
    return {row["person"]: called[row["customer"]] for row in sorted(rows, key=lambda row: row["person"])}


def test_sure_links_make_one_customer_and_unsure_ones_wait(home: Any) -> None:
    assert customers(home) == {"p0": "p0", "p1": "p0", "p2": "p0", "p3": "p3", "p4": "p3"}


def test_a_confirmed_link_holds_whatever_a_later_run_says(home: Any) -> None:
    done = home.act("link.confirm", person="p5", other="p4", reason="she said so on the phone")
    assert done["customer"] == ["p3", "p4", "p5"]
    home.store.replace("link", "test@1", [])
    home.store.derive()
    assert customers(home) == {"p4": "p4", "p5": "p4"}


def test_a_rejected_link_stays_rejected_and_cuts_the_weakest_link_of_a_chain(home: Any) -> None:
    home.act("link.reject", person="p2", other="p0")
    assert customers(home) == {"p0": "p0", "p1": "p0", "p3": "p3", "p4": "p3"}
    home.store.replace("link", "test@1", [*LINKS, link("p0", "p2", 1.0)])
    home.store.derive()
    assert "p2" not in customers(home)


def test_the_direction_of_a_merge_is_kept_and_can_be_turned(home: Any) -> None:
    assert home.act("link.merge", person="p4", other="p1")["customer"] == PEOPLE[:5]
    assert set(customers(home).values()) == {"p3"}
    assert not home.act("link.merge", person="p3", other="p0")["new"]
    home.act("link.merge", person="p2", other="p3")
    assert set(customers(home).values()) == {"p2"}
    home.act("link.confirm", person="p7", other="p0")
    assert customers(home)["p7"] == "p2"


def test_a_split_makes_two_customers_and_undoing_it_one_again(home: Any) -> None:
    before = customers(home)
    done = home.act("link.split", person="p1", reason="father and son")
    assert done["customer"] == ["p1"]
    assert customers(home) == {"p0": "p0", "p2": "p0", "p3": "p3", "p4": "p3"}
    undone = home.act("link.undo", decision=done["decision"])
    assert customers(home) == before
    home.act("link.undo", decision=undone["decision"], reason="it was right after all")
    assert customers(home)["p2"] == "p0"
    assert "p1" not in customers(home)


def test_who_and_why_is_kept_and_the_log_holds_no_words(home: Any) -> None:
    home.act("link.reject", person="p0", other="p1", reason="two sisters, one address")
    [row] = home.store.corrections(table="link")
    assert json.loads(row["change"])["reason"] == "two sisters, one address"
    logged = home.ask().record(tables.activity.select())[-1]
    assert logged["action"] == "link.reject"
    assert row["id"] in logged["ids"]
    assert not {"sisters", "p0", "p1"} & set(logged["ids"].replace('"', " ").split())
    assert home.store.verify() is None


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("confirm", {"person": "p0", "other": "nobody"}, "other"),
        ("confirm", {"person": "p0", "other": "p0"}, "other"),
        ("reject", {"person": "", "other": "p0"}, "person"),
        ("merge", {"person": "p0", "other": "p5", "reason": "x" * 2001}, "reason"),
        ("split", {"person": "p7"}, "person"),
        ("split", {"person": "p0", "others": ["p3"]}, "others"),
        ("split", {"person": "p0", "others": ["p1", "p2"]}, "person"),
        ("undo", {"decision": "none"}, "decision"),
    ],
)
def test_what_cannot_be_is_refused(home: Any, action: str, fields: dict[str, Any], field: str) -> None:
    before = customers(home)
    with pytest.raises(Refused) as refusal:
        home.act(f"link.{action}", **fields)
    assert refusal.value.field == field
    assert customers(home) == before


def test_saying_again_what_stands_keeps_nothing(home: Any) -> None:
    first = home.act("link.confirm", person="p5", other="p4")
    assert home.act("link.confirm", person="p4", other="p5") == {**first, "new": False}
    with pytest.raises(Refused):
        home.act("link.undo", decision=home.act("link.undo", decision=first["decision"]) and first["decision"])


def test_correcting_texts_and_undoing_links_do_not_meet(home: Any) -> None:
    done = home.act("link.confirm", person="p5", other="p4")
    home.act("link.undo", decision=done["decision"])
    assert not home.store.undone()
    assert home.store.waiting("any@1")[0].num_rows == 0


def test_erasing_a_person_takes_them_out_of_customers_and_of_what_was_decided(home: Any) -> None:
    home.act("link.confirm", person="p5", other="p4", reason="p5 is Alice Abbott")
    doubted = home.act("link.reject", person="p5", other="p7", reason="Alice has no brother")
    home.act("link.undo", decision=doubted["decision"], reason="Alice has one")
    home.act("link.merge", person="p3", other="p0", reason="Alice told us")
    home.store.erase("p5")
    assert "p5" not in customers(home)
    [row] = home.store.corrections(table="link")
    assert "p5" not in row["change"]
    assert "Alice" not in row["change"]
    home.store.erase("p3")
    assert customers(home) == {"p0": "p0", "p1": "p0", "p2": "p0", "p4": "p0"}
    assert "p3" not in json.dumps(home.store.corrections(table="link"), default=str)


def test_any_order_of_work_leaves_customers_as_a_replay_from_scratch_finds_them(home: Any) -> None:
    chance, done = random.Random(5), list[str]()
    for step in range(18):
        one, other = chance.sample(PEOPLE, 2)
        verb = chance.choice(["confirm", "reject", "merge", "split", "undo", "undo"])
        fields = {"person": one} if verb == "split" else {"person": one, "other": other}
        fields = {"decision": chance.choice(done or ["none"])} if verb == "undo" else fields
        before = customers(home)
        try:
            made = home.act(f"link.{verb}", **fields)
        except Refused:
            continue
        done += [made["decision"]] if made["decision"] else []
        if made["new"] and step % 6 == 0:
            after = customers(home)
            again = home.act("link.undo", decision=made["decision"])["decision"]
            assert customers(home) == before
            home.act("link.undo", decision=again)
            assert customers(home) == after
    found = customers(home)
    with home.store.record.writing() as connection:
        connection.execute(tables.customer.delete())
        connection.execute(tables.setting.delete().where(tables.setting.c.name == STAMP))
    home.store.derive()
    assert customers(home) == found
    assert all(one["seq"] < other["seq"] for one, other in pairwise(home.store.corrections(table="link")))
