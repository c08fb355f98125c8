"""Who speaks to whom and whose words others act on: known networks exactly, planted teachers, nothing from chance."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from touchstone.connect.word_of_mouth import connect
from touchstone.core.errors import Refused
from touchstone.core.tables import LINK, METRIC, SIGNAL
from touchstone.core.taxonomy import Taxonomy
from touchstone.store.home import create_store
from touchstone.store.scratch import scratch

START = datetime(2026, 1, 5, tzinfo=UTC)
Rows = list[dict[str, Any]]


def said(who: str, at: float, *, to: str | None = None, thread: str = "t", kind: str = "post", **more: Any) -> Any:
    """Something said, so many days after the start; its id is who said it, in which thread, when."""
    own = f"{thread}/{who}/{at:g}"
    row = {"id": own, "source": "forum", "source_id": own, "kind": kind, "person": who, "level": "end_customer",
           "unit": "north", "occurred_at": START + timedelta(days=at)}  # fmt: skip
    return row | {"thread": thread, "reply_to": to} | more if kind == "post" else row | more


def thanks(*posts: dict[str, Any]) -> dict[str, Rows]:
    kinds = [{"id": row["id"], "interaction": row["id"], "layer": "kind", "label": "thanks", "score": 0.9,
              "probability": 0.9, "maker": "test@1"} for row in posts]  # fmt: skip
    return {"signal": kinds}


def found(rows: Rows, derived: Any = None, **chosen: Any) -> tuple[Rows, Rows, Rows]:
    """Links with their reasons read, signals, and figures with their details read."""
    links, signals, figures = connect(scratch(rows, derived=derived, persons=chosen.pop("persons", None)), **chosen)
    assert links.schema.equals(LINK)
    assert signals.schema.equals(SIGNAL)
    assert figures.schema.equals(METRIC)
    told = [row | {"by": dict(row["by"]), "detail": json.loads(row["detail"])} for row in figures.to_pylist()]
    assert all(row["low"] <= row["value"] <= row["high"] for row in told if row["value"] is not None)
    return [row | {"reason": json.loads(row["reason"])} for row in links.to_pylist()], signals.to_pylist(), told


def edges(links: Rows, layer: str = "speaks_to") -> set[tuple[str, str, str]]:
    return {(row["left"], row["right"], how) for row in links if row["layer"] == layer for how in row["reason"]}


def roled(figures: Rows, role: str) -> list[str]:
    return [row["by"]["person"] for row in figures if row["by"].get("role") == role]


def test_replies_threads_names_lines_and_referrals_are_told_apart():
    line = "Pull the fuse for ten seconds and it wakes again"
    rows = [
        said("ann", 0, text="The screen is black again, what can I do about it"),
        said("bob", 1, to="t/ann/0", text=line),
        said("cem", 2, text=f"> {line}\nthat helped me as well"),
        said("dia", 3, to="t/cem/2", text="@Bob knows these cars"),
        said("eva", 4, thread="u", text="Bob Builder from the other thread was right"),
        said("ann", 5, kind="referral", attributes='{"referred": "flo"}'),
        said("gus", 6, kind="purchase", attributes='{"referred_by": "ann"}'),
    ]
    links, _, _ = found(rows, persons=[{"id": "bob", "name": "Bob Builder"}])
    assert edges(links) == {
        ("bob", "ann", "reply"), ("cem", "ann", "thread"), ("cem", "bob", "quote"), ("dia", "cem", "reply"),
        ("dia", "bob", "mention"), ("ann", "flo", "referral"), ("ann", "gus", "referral"),
    }  # fmt: skip
    sure = {(row["left"], row["right"]): row["probability"] for row in links}
    assert sure["cem", "ann"] < sure["cem", "bob"] < sure["bob", "ann"]
    assert all(row["about"] == ["north"] for row in links)


def test_employees_strangers_and_oneself_are_no_word_of_mouth():
    rows = [said("ann", 0), said("ann", 1, to="t/ann/0"), said("agent", 2, to="t/ann/0", level="employee"),
            said("bob", 3, to="nowhere"), said("ann", 4, kind="referral", attributes="no json"),
            said("ann", 5, kind="referral", attributes='{"referred": 7}')]  # fmt: skip
    assert found(rows)[0] == []
    assert found([])[0] == []


def forum(chance: random.Random, *, thanked: Callable[[str], float], threads: int = 120) -> tuple[Rows, Rows]:
    """Threads in which four of thirty answer, and what was thanked for with this chance by author."""
    rows, grateful = [], []
    for number in range(threads):
        thread = f"t{number}"
        opener = said(f"asker{number}", number, thread=thread)
        rows.append(opener)
        for turn, who in enumerate(chance.sample([f"p{each}" for each in range(30)] + ["teacher", "fan"], 6)):
            likes = '{"likes": 900}' if who == "fan" else None
            rows.append(said(who, number + 0.1 + turn / 100, to=opener["id"], thread=thread, attributes=likes))
            if chance.random() < thanked(who):
                who_thanks = f"asker{number}" if chance.random() < 0.7 else f"reader{number}"
                rows.append(said(who_thanks, number + 0.5 + turn / 100, to=rows[-1]["id"], thread=thread))
                grateful.append(rows[-1])
    return rows, grateful


def test_a_planted_teacher_is_found_and_a_fan_of_many_likes_is_not():
    rows, grateful = forum(random.Random(1), thanked=lambda who: {"teacher": 0.8, "fan": 0.0}.get(who, 0.1))
    _, signals, figures = found(rows, thanks(*grateful))
    assert roled(figures, "teacher") == ["teacher"]
    (row,) = [row for row in figures if row["by"].get("role") == "teacher"]
    assert row["low"] < 0.8 < row["high"]
    assert row["detail"]["others"] < 0.15
    assert {row["interaction"] for row in signals} == {row["reply_to"] for row in grateful}


def test_where_thanks_fall_by_chance_hardly_ever_is_anyone_a_teacher():
    named = 0
    for seed in range(20):
        rows, grateful = forum(random.Random(seed), thanked=lambda _: 0.2, threads=60)
        named += bool(roled(found(rows, thanks(*grateful))[2], "teacher"))
    assert named <= 3  # of 20 worlds at a chance of .05: more than 3 in 1.6 of 100 tries


def test_one_friend_who_always_thanks_makes_no_teacher():
    rows, grateful = forum(random.Random(3), thanked=lambda _: 0.1)
    for number in range(8):
        ask = said("friend", 200 + number, thread=f"f{number}")
        answer = said("p99", 200.1 + number, to=ask["id"], thread=f"f{number}")
        grateful.append(said("friend", 200.2 + number, to=answer["id"], thread=f"f{number}"))
        rows += [ask, answer, grateful[-1]]
    assert roled(found(rows, thanks(*grateful))[2], "teacher") == []


def market(*, effect: float, coupon: bool = False, seed: int = 6) -> Rows:
    """Six hundred customers, a third of them referred on one of sixty days; each buys with .2, or more."""
    chance, rows = random.Random(seed), []
    more = {"campaign": "spring"} if coupon else {}
    for number in range(600):
        who, day = f"c{number}", 40 + chance.randrange(60)
        rows += [said(who, chance.random() * 30, kind="visit") for _ in range(chance.choice((1, 2)))]
        referred = number % 3 == 0
        if referred:
            friend = f"a{number % 10}"
            rows.append(said(friend, day, kind="referral", attributes=json.dumps({"referred": who}), **more))
        if chance.random() < 0.2 + effect * referred:
            rows.append(said(who, day + 1 + chance.random() * 28, kind="purchase"))
    return [*rows, said("last", 200, kind="visit")]


@pytest.mark.parametrize("effect", [0.0, 0.3])
def test_referral_credit_is_what_similar_customers_did_not_do_anyway(effect: float):
    rows = market(effect=effect)
    (row,) = [row for row in found(rows)[2] if row["by"].get("figure")]
    detail = row["detail"]
    assert row["by"]["layer"] == "speaks_to"
    assert row["n"] + detail["unmatched"] == detail["referrals"] == 200
    assert row["value"] == pytest.approx(detail["referred"] - detail["similar"], abs=1e-5)
    # a month of a customer holds .2 * 30 / 89 purchases of those who would have bought anyway on any of 89 days
    assert row["low"] <= effect + 0.2 - detail["similar"] <= row["high"]
    if effect:
        assert row["low"] > 0


def test_rewarded_referrals_and_acts_stand_apart_and_make_no_agent():
    rows = market(effect=0.5, coupon=True)
    links, _, figures = found(rows)
    assert {row["layer"] for row in links} == {"coupon_chain"}
    assert [row["by"]["layer"] for row in figures] == ["coupon_chain"]  # and nobody is an agent or a starter
    paid = [said("ann", 0), said("bob", 1, to="t/ann/0"), said("bob", 2, kind="purchase", incentive="disclosed"),
            said("cem", 3, to="t/ann/0"), said("cem", 4, kind="purchase"), said("last", 99, kind="visit")]  # fmt: skip
    links = found(paid)[0]
    assert edges(links) == {("cem", "ann", "reply"), ("cem", "ann", "acted")}
    assert edges(links, "coupon_chain") == {("bob", "ann", "reply"), ("bob", "ann", "acted")}


def test_whose_listeners_come_is_a_change_agent():
    chance, rows = random.Random(8), []
    for number in range(240):
        who, author = f"c{number}", f"author{number % 12}"
        rows.append(said(author, number / 4, thread=f"n{number}"))
        rows.append(said(who, number / 4 + 0.1, to=rows[-1]["id"], thread=f"n{number}"))
        if chance.random() < (0.8 if author == "author3" else 0.1):
            rows.append(said(who, number / 4 + chance.random() * 20, kind="visit"))
    _, _, figures = found([*rows, said("last", 200, kind="visit")])
    assert roled(figures, "change_agent") == ["author3"]


def test_the_same_question_twice_and_in_another_order_has_the_same_answer():
    rows, grateful = forum(random.Random(5), thanked=lambda _: 0.2, threads=30)
    assert found(rows, thanks(*grateful)) == found(rows[::-1], thanks(*grateful))


def test_settings_that_mean_nothing_are_refused():
    for chosen in ({"days": 0.0}, {"chance": 1.0}, {"seeds": 0}, {"alpha": 0.0}, {"draws": -1}):
        with pytest.raises(Refused):
            found([], **chosen)


def test_who_is_erased_is_in_no_link_and_no_later_figure(tmp_path: Path):
    store = create_store(tmp_path, taxonomy=Taxonomy("none", ()))
    rows = [said("ann", 0), said("bob", 1, to="t/ann/0"), said("cem", 2, to="t/bob/1")]
    store.append([[{name: value for name, value in row.items() if name != "id"} for row in rows]], source="forum")
    store.derive()

    def written() -> list[pa.Table]:
        made = list(connect(store.ask()))
        for table, part in zip(("link", "signal", "metric"), made, strict=True):
            store.replace(table, "word_of_mouth", part)
        return made

    assert len(written()[0]) == 2
    store.erase("bob")
    assert store.ask().lake("select * from link").to_pylist() == []
    assert "bob" not in str([table.to_pylist() for table in written()])


def test_several_accounts_of_one_person_are_one_who_speaks():
    rows = [
        said("ann", 0, text="The screen is black again, what can I do about it"),
        said("bob", 1, to="t/ann/0"),
        said("bob@shop", 2, to="t/bob/1", text="and @cem knows more"),  # bob goes on under another name
        said("cem", 3, thread="u", text="thank you @bob@shop and @Bobby"),
        said("dia", 4, kind="referral", attributes='{"referred": "bob@shop"}'),
        said("bob@shop", 5, kind="purchase"),
    ]
    one = [{"person": "bob", "customer": "x", "kept": True}, {"person": "bob@shop", "customer": "x", "kept": False}]
    people = [{"id": "bob@shop", "name": "Bobby"}]
    links, _, _ = found(rows, {"customer": one}, persons=people)
    assert edges(links) == {
        ("bob", "ann", "reply"), ("bob", "cem", "mention"), ("cem", "bob", "mention"), ("dia", "bob", "referral"),
        *(("bob", whom, "acted") for whom in ("ann", "cem")), ("dia", "bob", "acted"),
    }  # fmt: skip
    assert "bob@shop" in {side for row in found(rows, persons=people)[0] for side in (row["left"], row["right"])}


def test_what_has_no_kind_is_passed_over():
    assert found([{"source_id": "1", "person": "ann", "occurred_at": START}])[0] == []


def test_nobody_starts_with_who_does_not_want_to_be_contacted():
    rows = [said("star", 0, thread="s")]
    rows += [said(f"c{each}", 1 + each / 10, to="s/star/0", thread="s") for each in range(8)]
    rows += [said("second", 0, thread="u"), said("d1", 1, to="u/second/0", thread="u")]

    def first(**persons: Any) -> str:
        return roled(found(rows, **persons)[2], "starter")[0]

    barred = first()
    no = [{"id": barred, "consents": json.dumps({"contact": "denied"})}]
    assert barred not in roled(found(rows, persons=no)[2], "starter")
    one = [{"person": barred, "customer": "x", "kept": True}, {"person": "else", "customer": "x", "kept": False}]
    other = [{"id": "else", "consents": "no json"}]
    assert barred not in roled(found(rows, {"customer": one}, persons=other)[2], "starter")
