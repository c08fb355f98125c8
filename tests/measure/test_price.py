"""Price: dear, unclear or worth it; by words, by touchpoints, and by what plain prices change."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests import _living
from tests.measure._answers import brand, mention, unfolded
from touchstone.core.errors import Refused
from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.measure._price_words import pattern
from touchstone.measure.price import measure
from touchstone.store.scratch import scratch

SHOP = Taxonomy("shop", (Touchpoint("price and contract", "", "buy"), Touchpoint("clarity of the bill", "", "buy"),
                         Touchpoint("sales", "", "buy"), Touchpoint("service", "", "own")))  # fmt: skip
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
WORDS = {
    "dear": ("Far too expensive for me.", "C'est trop cher.", "Es demasiado caro.", "Das ist zu teuer."),
    "unclear": (
        "Hidden fees everywhere.",
        "Des frais cachés, encore.",
        "Gastos ocultos al final.",
        "Versteckte Kosten!",
    ),
    "worth": ("Worth every penny.", "Ça vaut le prix.", "Vale la pena.", "Es lohnt sich."),
    "": ("Not a hidden word here, no hidden fees.", "Aucun frais caché."),
}


@cache
def nowhere() -> Any:
    """A question to a file, made once."""
    return scratch([])


def told(table: pa.Table, **asked: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    ask = nowhere()
    ask.given = table
    return {tuple(row["by"].values()): row for row in unfolded(measure(ask, **asked))}


def verdict_of(text: str) -> str:
    """What ten times this text says."""
    found = told(pa.table({"text": [text] * 10}))
    return next((key[0] for key, row in found.items() if row["value"] == 1), "")


@pytest.mark.parametrize(("verdict", "texts"), WORDS.items())
def test_words_of_four_languages_say_one_thing(verdict: str, texts: tuple[str, ...]) -> None:
    assert [verdict_of(text) for text in texts] == [verdict] * len(texts)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Dear, even expensive, but WORTH IT.", "worth"),
        ("It isn’t worth the money.", "dear"),
        ("Not expensive at all.", "worth"),
        ("Hidden fees made it very expensive.", "unclear"),
        ("We talked about the weather in dear old Bath.", ""),
    ],
)
def test_what_settles_a_text_that_says_several_things(text: str, verdict: str) -> None:
    assert verdict_of(text) == verdict


def file(seed: int, dear: dict[str, float], texts: int = 120) -> pa.Table:
    """Texts about the price at three units, of which a share says that it is dear, the rest that it is worth it."""
    chance = np.random.default_rng(seed)
    units = np.repeat(["a", "b", "c"], texts)
    odds = np.array([dear.get(unit, 0.3) for unit in units])
    unhappy = chance.random(len(units)) < odds
    says = np.where(unhappy, chance.choice(WORDS["dear"], len(units)), chance.choice(WORDS["worth"], len(units)))
    return pa.table({"unit": units.tolist(), "text": says.tolist()})


def test_in_a_null_world_no_unit_stands_out_and_limits_hold() -> None:
    every = [told(file(seed, {}), by=["unit"]) for seed in range(200)]
    assert np.mean([any(row["detail"]["real"] for row in each.values()) for each in every]) <= 0.05
    held = [each[unit, "dear"]["low"] <= 0.3 <= each[unit, "dear"]["high"] for each in every for unit in "abc"]
    assert np.mean(held) >= 0.93


def crowd(seed: int) -> pa.Table:
    """At each of three units 60 people write one to ten texts; each is the sort who finds prices dear, or is not."""
    chance = np.random.default_rng(seed)
    texts = chance.integers(1, 11, 180)
    unhappy = np.repeat(chance.beta(0.6, 1.4, 180), texts) > chance.random(texts.sum())
    says = np.where(unhappy, WORDS["dear"][0], WORDS["worth"][0])
    person = np.repeat(np.arange(180), texts)
    return pa.table({"unit": [f"{each // 60}" for each in person], "person": [f"p{each}" for each in person],
                     "text": says.tolist()})  # fmt: skip


def test_who_writes_often_counts_as_one_person() -> None:
    """Without the person, worlds would tell units apart that are alike."""
    every = [told(crowd(seed), by=["unit"]) for seed in range(200)]
    assert np.mean([any(row["detail"]["real"] for row in each.values()) for each in every]) <= 0.05
    held = [each[unit, "dear"]["low"] <= 0.3 <= each[unit, "dear"]["high"] for each in every for unit in "012"]
    assert np.mean(held) >= 0.93
    alone = [told(crowd(seed).drop(["person"]), by=["unit"]) for seed in range(20)]
    assert np.mean([any(row["detail"]["real"] for row in each.values()) for each in alone]) > 0.3


def test_one_loud_customer_tells_nothing_of_all() -> None:
    rows = [said(at, "Too expensive.", person="loud") for at in range(40)]
    found = {row["by"]["verdict"]: row for row in unfolded(measure(home(rows, [])))}
    assert found["dear"]["value"] is None
    assert found["dear"]["n"] == 40
    assert "fewer than 10 people" in found["dear"]["detail"]["why"]


def test_twice_the_gap_is_twice_the_figure_within_its_limits() -> None:
    gaps, held = {}, []
    for gap in (0.2, 0.4):
        rows = [told(file(seed, {"a": 0.3 + gap}), by=["unit"])["a", "dear"] for seed in range(40)]
        apart = [row["detail"]["against_others"] for row in rows]
        gaps[gap] = np.mean([each["value"] for each in apart])
        held += [each["low"] <= gap <= each["high"] for each in apart]
        assert all(row["detail"]["real"] for row in rows if gap == 0.4)
    assert gaps[0.4] / gaps[0.2] == pytest.approx(2, rel=0.2)
    assert np.mean(held) >= 0.93


def test_what_plain_prices_change_at_the_units_that_have_them() -> None:
    found = told(file(1, {"a": 0.1}), plain="a")
    change = found["dear", "a"]
    assert change["low"] <= -0.2 <= change["high"]
    assert change["detail"]["real"]
    nothing = told(file(1, {}), plain="elsewhere")["dear", "elsewhere"]
    assert nothing["value"] is None
    assert "fewer than 10" in nothing["detail"]["why"]


def said(place: int, text: str, day: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": str(place), "kind": "review", "text": text, "occurred_at": START + timedelta(days=day), **more}


def home(rows: list[dict[str, Any]], mentions: list[dict[str, Any]]) -> Any:
    return brand(rows, mentions=mentions, taxonomy=SHOP)


def test_touchpoints_about_prices_say_it_where_words_do_not() -> None:
    rows = [said(at, "About the price we paid.") for at in range(40)]
    mentions = [mention(str(at), "price and contract", "negative") for at in range(10)]
    mentions += [mention(str(at), "clarity of the bill", "negative") for at in range(10, 20)]
    mentions += [mention(str(at), "price and contract", "positive") for at in range(20, 30)]
    mentions += [mention(str(at), "clarity of the bill", "positive") for at in range(30, 40)]
    found = {row["by"]["verdict"]: row["value"] for row in unfolded(measure(home(rows, mentions)))}
    assert found == {"dear": 0.25, "unclear": 0.25, "worth": 0.25}
    told_by = {row["by"]["verdict"]: row["detail"] for row in unfolded(measure(home(rows, mentions)))}
    assert all(detail["said_in_words"] == 0 and "read some" in detail["warning"] for detail in told_by.values())


def test_a_mention_counts_where_its_own_words_are_of_money() -> None:
    """The bill is paid without a word, the courtesy car is what was bad: no verdict on the price."""
    text = "The courtesy car was awful. I paid by card."
    rows = [said(at, text) for at in range(20)]
    mentions = [mention(str(at), "price and contract", "negative", start=0, stop=27) for at in range(10)]
    assert unfolded(measure(home(rows, mentions))) == []
    mentions = [mention(str(at), "price and contract", "negative", start=28, stop=43) for at in range(10)]
    found = {row["by"]["verdict"]: row["value"] for row in unfolded(measure(home(rows, mentions)))}
    assert found["dear"] == 1.0


def test_what_people_accept_a_dear_price_for() -> None:
    rows, mentions = [], []
    for at in range(120):
        dear = at % 2 == 0
        rows.append(said(at, "Too expensive." if dear else "A fair price."))
        praised = at % 10 < 8 if dear else at % 10 < 3
        mentions.append(mention(str(at), "service", "positive" if praised else "negative"))
        mentions.append(mention(str(at), "sales", "positive" if at % 3 else "negative"))
    rows = unfolded(measure(home(rows, mentions)))
    found = {row["by"]["touchpoint"]: row for row in rows if row["by"]["verdict"] == "trade_off"}
    assert set(found) == {"sales", "service"}
    assert found["service"]["detail"]["real"]
    assert found["service"]["low"] > 1
    assert not found["sales"]["detail"]["real"]


def test_a_campaign_of_plain_prices_is_held_against_the_time_before() -> None:
    rows = [said(at, "Too expensive." if at % 10 < (2 if at >= 100 else 6) else "Worth it.", day=at)
            for at in range(200)]  # fmt: skip
    rows.append(said(999, "", day=100, kind="impression", campaign="plain"))
    found = {
        row["by"]["verdict"]: row for row in unfolded(measure(home(rows, []), plain="plain")) if "plain" in row["by"]
    }
    assert found["dear"]["value"] == pytest.approx(-0.4, abs=0.02)
    assert found["dear"]["detail"]["real"]


def test_a_handful_of_texts_and_none_at_all() -> None:
    assert told(pa.table({"text": pa.array(["Nice weather.", None])})) == {}
    few = told(pa.table({"text": ["Too expensive."] * 3}))
    assert few["dear",]["value"] is None
    assert few["dear",]["n"] == 3


def test_the_example_brand_speaks_of_prices_in_all_three_ways() -> None:
    found = {row["by"]["verdict"]: row for row in unfolded(measure(_living.ask()))}
    assert all(found[verdict]["low"] > 0 for verdict in ("dear", "unclear", "worth"))


def test_a_column_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused):
        measure(brand([]), by=["person"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The invoice from Harrow in Orrin is not clear at all.", True),
        ("A confusing bill again", True),
        ("la facture de Castellan n'est pas claire du tout", True),
        ("La cuenta del taller es poco clara", True),
        ("Die Rechnung der Werkstatt ist leider unverständlich", True),
        ("They sent the bill. The weather is unclear.", False),
        ("The bill is clear", False),
    ],
)
def test_a_bill_that_nobody_follows_is_told_by_its_shape(text: str, said: bool) -> None:
    assert bool(re.search(pattern("unclear"), text.lower())) is said
    assert bool(re.search(pattern("any"), text.lower()))
