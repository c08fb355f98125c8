"""The same text again is found: copies, near copies, templates and bursts, and nothing that is merely alike."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.connect.duplicates import connect
from touchstone.core.errors import Refused
from touchstone.core.tables import LINK
from touchstone.home.one_shot import one_shot
from touchstone.language.copies import copies
from touchstone.store.scratch import scratch

START = datetime(2026, 3, 1, tzinfo=UTC)
LETTER = "I ordered the winter tyres in October and when I came to have them fitted nobody knew of any order at all"
WORDS = [f"{one}{two}" for one in ("mo", "ta", "ri", "ke", "su", "lo") for two in ("bel", "nar", "tis", "von", "dap")]


def said(texts: list[str], *, hours: float = 24 * 30, **more: Any) -> list[dict[str, Any]]:
    """One text every so many hours, in this order."""
    return [
        {"id": f"t{n:03}", "text": text, "occurred_at": START + timedelta(hours=hours * n), "source": "forum"} | more
        for n, text in enumerate(texts)
    ]


def linked(rows: list[dict[str, Any]], **chosen: Any) -> list[dict[str, Any]]:
    """The links, each with its reason read."""
    (table,) = connect(scratch(rows), **chosen)
    assert table.schema.equals(LINK)
    return [row | {"reason": json.loads(row["reason"])} for row in table.to_pylist()]


def told(texts: list[str], **chosen: Any) -> list[tuple[str, str, str]]:
    return [(row["left"], row["right"], row["reason"]["kind"]) for row in linked(said(texts), **chosen)]


def test_a_copy_is_a_copy_whatever_its_capitals_accents_and_spaces():
    assert told([LETTER, f"  {LETTER.upper()} ", LETTER.replace("all", "áll")]) == [
        ("t000", "t001", "copy"),
        ("t000", "t002", "copy"),
    ]


def test_a_near_copy_says_how_much_of_the_wording_is_the_same():
    (link,) = linked(said([LETTER, LETTER.replace("nobody knew", "they did not know")]))
    assert link["reason"]["kind"] == "near copy"
    assert 0.6 <= link["probability"] < 1
    assert link["reason"]["wording in common"] == round(link["probability"], 2)


def test_one_frame_with_other_names_and_numbers_is_a_template_even_where_half_of_it_is_filled_in():
    frame = "my visit to {} on the {} was handled by {} who gave me {} off and called {} at {} afterwards to ask"
    fills = [("Ann Bay", 3, "Bob", "20", "Cem", "17:30"), ("York", 28, "Dia Eck", "5", "Eva", "9"),
             ("Rome", 1, "Flo", "150", "Gus Hill", "11:15")]  # fmt: skip
    assert told([frame.format(*each) for each in fills]) == [
        ("t000", "t001", "template"),
        ("t000", "t002", "template"),
    ]


def test_shouting_and_german_nouns_make_no_template():
    shouted = [" ".join(random.Random(n).choices(WORDS, k=14)).upper() for n in range(2)]
    german = ["Das Auto war gut und der Preis war hoch und die Farbe war schön",
              "Der Kaffee war gut und die Zeit war hoch und das Bad war warm"]  # fmt: skip
    assert told([*shouted, *german]) == []


def test_many_within_hours_are_a_burst_and_the_same_over_months_are_not():
    quick = linked(said([LETTER] * 6, hours=0.5))
    assert all(link["reason"]["burst"] == {"texts": 6, "hours": 2.5} for link in quick)
    assert all("burst" not in link["reason"] for link in linked(said([LETTER] * 6)))
    both = [*said([LETTER] * 6, hours=0.5), *[row | {"id": "late", "occurred_at": START + timedelta(days=90)}
                                             for row in said([LETTER])]]  # fmt: skip
    assert ["burst" in link["reason"] for link in linked(both)] == [True] * 5 + [False]


def test_four_in_a_day_are_no_burst_unless_fewer_are_called_many():
    rows = said([LETTER] * 4, hours=1)
    assert not any("burst" in link["reason"] for link in linked(rows))
    assert all(link["reason"]["burst"]["texts"] == 4 for link in linked(rows, many=4))


def test_links_cross_sources_and_name_the_units_of_both():
    rows = said([LETTER] * 3, unit="north")
    rows[1] |= {"source": "reviews", "unit": "south"}
    rows[2] |= {"unit": None}
    first, second = linked(rows)
    assert first["about"] == ["north", "south"]
    assert second["about"] == ["north"]
    assert first["reason"]["sources"] == 2


def test_short_texts_the_brands_own_words_and_nothing_are_no_copies():
    assert told(["Great service, thank you"] * 20) == []
    assert linked(said([LETTER] * 5, level="employee")) == []
    assert linked([]) == []
    assert linked([{"id": "a"}, {"id": "b", "text": ""}]) == []


@pytest.mark.parametrize("text", ["\x00" * 40, "שלום " * 30, "😀 " * 50, '"}{,:' * 20, "word " * 200_000])
def test_odd_and_huge_texts_are_read_like_any_other(text: str):
    found = linked(said([text, text, LETTER]))
    assert all({link["left"], link["right"]} == {"t000", "t001"} for link in found)


def test_settings_that_mean_nothing_are_refused():
    for chosen in ({"alike": 0.0}, {"alike": 1.5}, {"many": 1}, {"hours": 0.0}):
        with pytest.raises(Refused):
            linked(said([LETTER]), **chosen)


def shared(one: str, other: str) -> float:
    """The share of three-word runs in common, counted one by one."""
    runs = [{tuple(["^", "^", *text.split()][n : n + 3]) for n in range(len(text.split()))} for text in (one, other)]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


def test_what_is_linked_agrees_with_runs_counted_one_by_one():
    chance = random.Random(4)
    texts = [" ".join(chance.choices(WORDS, k=30)) for _ in range(60)]
    for text in texts[:40]:
        words = text.split()
        for place in chance.sample(range(30), chance.choice((1, 1, 2, 3))):
            words[place] = chance.choice(WORDS)
        texts.append(" ".join(words))
    held = copies(pa.array(texts), alike=0.6, least_words=8)
    for one, other in combinations(range(len(texts)), 2):
        together = held.group[one] == held.group[other]
        if shared(texts[one], texts[other]) >= 0.8:
            assert together
        if shared(texts[one], texts[other]) < 0.3:
            assert not together


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 25)), max_size=25))
def test_each_wording_is_one_tree_from_earlier_to_later(drawn: list[tuple[int, int]]):
    base = [" ".join(random.Random(n).choices(WORDS, k=24)) for n in range(5)]
    texts = [
        " ".join([*base[which].split()[:place], "changed", *base[which].split()[place:]]) for which, place in drawn
    ]
    held = copies(pa.array(texts, pa.string()), alike=0.6, least_words=8)
    assert (held.first < held.later).all()
    assert (held.group[held.first] == held.group[held.later]).all()
    assert len(held.first) == sum(size - 1 for size in Counter(held.group.tolist()).values())
    assert (held.alike >= 0.6).all()
    assert (held.alike <= 1).all()


def test_the_order_of_rows_never_matters():
    chance = random.Random(7)
    rows = said([" ".join(chance.choices(WORDS[:6], k=9)) for _ in range(80)] + [LETTER] * 5, hours=1)
    assert linked(chance.sample(rows, len(rows))) == linked(rows)


def test_a_file_gives_one_row_for_each_text_that_stands_there_again(tmp_path: Path):
    path = tmp_path / "posts.csv"
    lines = ["number,words,occurred_at,source", f'7,"{LETTER}",2026-01-01T10:00:00,forum',
             f'8,"{LETTER}",2026-01-01T11:00:00,mail', "9,nothing like it,2026-01-02,mail"]  # fmt: skip
    path.write_text("\n".join(lines))
    rows = one_shot("connect", "duplicates", file=str(path), map={"id": "number", "text": "words"}, set={}, by=[])
    assert [(row["id"], row["duplicate_of"], row["value"], row["n"]) for row in rows] == [
        ("7", "7", None, 2),
        ("8", "7", 1.0, 2),
    ]
    assert rows[1]["detail"] == {
        "kind": "copy", "wording in common": 1, "texts": 2, "sources": 2, "measured_in": "share of wording",
    }  # fmt: skip
    with pytest.raises(Refused, match="no column 'id'"):
        one_shot("connect", "duplicates", file=str(path), map={"text": "words"}, set={}, by=[])
