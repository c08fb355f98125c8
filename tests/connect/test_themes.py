"""Themes that were planted beside the touchpoints are found, named by their words, and the same from run to run."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from touchstone.connect.themes import connect
from touchstone.core.errors import Refused
from touchstone.core.tables import LINK, METRIC
from touchstone.home.one_shot import one_shot
from touchstone.store.scratch import scratch

START = datetime(2026, 1, 1, tzinfo=UTC)
PLANTED = {
    "dog": "dog leash barking puppy kennel paws",
    "battery": "battery charger voltage plug cable kilowatt",
    "choir": "choir carols singing hymns chorus organ",
}
NOISE = [
    f"{one}{two}"
    for one in ("mo", "ta", "ri", "ke", "su", "lo", "wa", "pe")
    for two in ("bel", "nar", "tis", "von", "dap", "kin")
]
NAMED = "the staff were friendly"


def said(count: int, *, seed: int = 1, grows: str = "") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Texts, some of a planted theme, each with a sentence that a mention names; `grows` comes late."""
    chance = random.Random(seed)
    rows, mentions = [], []
    for number in range(count):
        name = chance.choice([*PLANTED, ""])
        day = chance.randrange(180, 360) if name == grows else chance.randrange(360)
        words = " ".join([*chance.sample(PLANTED[name].split() if name else NOISE, 3), chance.choice(NOISE)])
        rows.append({"id": f"{name or 'none'}{number:04}", "text": f"{NAMED}. {words}", "unit": "north",
                     "occurred_at": START + timedelta(days=day)})  # fmt: skip
        mentions.append({"id": f"m{number}", "interaction": rows[-1]["id"], "touchpoint": "staff", "confidence": 0.9,
                         "start": 0, "stop": len(NAMED)})  # fmt: skip
    return rows, mentions


def found(rows: list[dict[str, Any]], mentions: list[dict[str, Any]], former: Any = None, **settings: Any) -> Any:
    """Links, and figures by theme; `former` are links, or links and figures, of an earlier run."""
    link, metric = former if isinstance(former, tuple) else (former or [], [])
    links, figures = connect(scratch(rows, mentions=mentions, derived={"link": link, "metric": metric}), **settings)
    assert links.schema.equals(LINK)
    assert figures.schema.equals(METRIC)
    return links, {dict(row["by"])["theme"]: row for row in figures.to_pylist() if len(row["by"]) == 1}


def detail(row: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(row["detail"]))


def test_each_planted_theme_is_found_whole_and_named_by_its_words_and_what_is_named_is_none():
    rows, mentions = said(400)
    links, figures = found(rows, mentions)
    held = Counter((row["right"], row["left"][:3]) for row in links.to_pylist())
    assert len(figures) == len(held) == 3
    names = {detail(row)["name"] for row in figures.values()}
    said_most = {tuple(detail(row)["words"][:5]) for row in figures.values()}
    assert all(
        any(set(words.split()) & set(" ".join(each).split()) for each in said_most) for words in PLANTED.values()
    )
    assert not any("staff" in name or "friendly" in name for name in names)
    assert all(row["left"][:4] != "none" for row in links.to_pylist())
    assert all(row["about"] == ["north"] and 0.5 < row["probability"] <= 1 for row in links.to_pylist())


def test_a_theme_that_comes_late_is_growing_and_the_others_are_not():
    rows, mentions = said(400, grows="choir")
    _, figures = found(rows, mentions)
    told = {detail(row)["name"]: detail(row)["growth"] for row in figures.values()}
    growing = [name for name, growth in told.items() if growth["real"] and growth["ratio"] > 1]
    assert len(growing) == 1
    assert set(growing[0].split(", ")) & set(PLANTED["choir"].split())


def test_the_share_holds_its_interval_and_months_add_up():
    rows, mentions = said(400)
    (_, table) = connect(scratch(rows, mentions=mentions))
    for row in table.to_pylist():
        assert row["low"] <= row["value"] <= row["high"]
    whole = {dict(row["by"])["theme"]: detail(row)["texts"] for row in table.to_pylist() if len(row["by"]) == 1}
    months: Counter[str] = Counter()
    for row in table.to_pylist():
        if len(row["by"]) == 2:
            months[dict(row["by"])["theme"]] += round(row["value"] * row["n"])
    assert all(months[theme] <= texts for theme, texts in whole.items())


def test_a_theme_keeps_its_id_when_texts_come_and_go_and_the_order_of_rows_never_matters():
    rows, mentions = said(400)
    links, before = found(rows, mentions)
    assert found(rows[::-1], mentions[::-1])[0].to_pylist() == links.to_pylist()
    more, about = said(700, seed=5)
    rest = [{**row, "id": f"x{row['id']}"} for row in more]
    about = [{**each, "id": f"x{each['id']}", "interaction": f"x{each['interaction']}"} for each in about]
    later, after = found([*rows[50:], *rest], [*mentions[50:], *about], former=links.to_pylist())
    assert set(after) == set(before)
    own = {row["left"]: row["right"] for row in later.to_pylist()}
    here = {row["id"] for row in rows[50:]}
    kept = [own.get(row["left"]) == row["right"] for row in links.to_pylist() if row["left"] in here]
    assert sum(kept) > 0.95 * len(kept)


@given(
    seed=st.integers(0, 10_000), count=st.integers(150, 350), alike=st.sampled_from((0.15, 0.3, 0.6)),
    most=st.sampled_from((2, 60)), fewest=st.sampled_from((5, 20)),
)  # fmt: skip
@example(seed=254, count=294, alike=0.3, most=60, fewest=5)  # a theme most of whose texts others take
@settings(max_examples=5, deadline=None)
def test_the_same_texts_again_make_the_same_themes_to_the_last_letter(
    seed: int, count: int, alike: float, most: int, fewest: int
):
    rows, mentions = said(count, seed=seed)
    limits = {"alike": alike, "most": most, "fewest": fewest}
    links, figures = connect(scratch(rows, mentions=mentions), **limits)
    former = {"link": links.to_pylist(), "metric": figures.to_pylist()}
    again, told = connect(scratch(rows, mentions=mentions, derived=former), **limits)
    assert again.equals(links)
    assert told.equals(figures)


@pytest.mark.parametrize("seed", [3, 4])
def test_of_texts_that_grow_by_a_tenth_nine_themes_of_ten_keep_id_and_name(seed: int):
    chance = random.Random(seed)
    topics = [[f"{topic}{word}" for word in ("nar", "bel", "tis", "von", "dap")] for topic in NOISE[:20]]
    rows = [
        {"id": f"r{number:05}", "text": " ".join(f"the {word}" for word in chance.sample(topics[number % 20], 3))}
        for number in range(1320)
    ]
    links, figures = connect(scratch(rows[:1200]))
    former = {"link": links.to_pylist(), "metric": figures.to_pylist()}
    _, later = connect(scratch(rows, derived=former))
    before, after = (
        {dict(row["by"])["theme"]: detail(row)["name"] for row in each.to_pylist() if len(row["by"]) == 1}
        for each in (figures, later)
    )
    assert len(before) == 20
    assert sum(after.get(id) == name for id, name in before.items()) >= 0.9 * len(before)


def spoken(count: int, *, product: bool = True, seed: int = 2) -> list[dict[str, Any]]:
    """Owners of four models; all are wont to speak of their brother's goat, and owners of one of a seal that howls."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        model = ("aria", "borealis", "cinder", "dunlin")[number % 4]
        text = f"the {chance.choice(NOISE)} and the {chance.choice(NOISE)}."
        text += " My brother has a goat." if chance.random() < 0.15 else ""
        text += " The door seal has a howl." if model == "cinder" and chance.random() < 0.4 else ""
        made.append(
            {"id": f"s{number:04}", "text": text, "person": f"p{number}"} | ({"product": model} if product else {})
        )
    return made


def test_what_is_said_of_one_product_is_a_theme_and_what_is_said_as_often_of_each_is_a_habit_of_speech():
    names = {detail(row)["name"] for row in found(spoken(800), [])[1].values()}
    assert len(names) == 1
    assert "seal" in next(iter(names))
    everything = {detail(row)["name"] for row in found(spoken(800), [], uneven=0)[1].values()}
    assert any("goat" in name for name in everything)


def test_where_no_product_or_level_is_known_a_habit_cannot_be_told_and_passes():
    names = {detail(row)["name"] for row in found(spoken(800, product=False), [])[1].values()}
    assert any("goat" in name for name in names)
    assert any("seal" in name for name in names)


def test_what_one_person_alone_says_names_no_theme_however_often():
    rows = [{**row, "person": "one" if "howl" in row["text"] else row["person"]} for row in spoken(800)]
    assert found(rows, [])[1] == {}


def test_told_anew_nothing_is_found_and_nothing_changes():
    rows, mentions = said(300)
    links, before = found(rows, mentions)
    again, after = found(rows, mentions, former=links.to_pylist(), find=False)
    assert again.equals(links)
    assert {id: row["detail"] for id, row in after.items()} == {id: row["detail"] for id, row in before.items()}


@pytest.mark.parametrize("rows", [[], [{"id": "a"}], [{"id": "a", "text": ""}], [{"id": "a", "text": "\x00🙂" * 9}]])
def test_of_nothing_nothing_is_made(rows: list[dict[str, Any]]):
    links, figures = found(rows, [])
    assert len(links) == 0
    assert figures == {}


def test_a_mention_without_words_of_its_own_names_the_whole_text():
    rows, mentions = said(200)
    whole = [{**each, "start": None, "stop": None} for each in mentions]
    assert found(rows, whole)[1] == {}


def test_a_file_gives_themes_and_whose_texts_they_are(tmp_path: Path):
    path = tmp_path / "texts.parquet"
    rows, _ = said(300)
    table = pa.table({"id": [row["id"] for row in rows], "text": [row["text"].split(". ")[1] for row in rows]})
    parquet.write_table(table, path)
    told = one_shot("connect", "themes", file=str(path), map={}, set={}, by=[])
    assert {row["theme"] for row in told if "id" in row} == {row["theme"] for row in told if "id" not in row}
    assert len({row["theme"] for row in told}) == 3
    with pytest.raises(Refused, match="no column 'text'"):
        one_shot("connect", "themes", file=str(path), map={"words": "text"}, set={}, by=[])
