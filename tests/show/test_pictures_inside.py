"""Processes, engagement, resonance and price as pictures: a sentence with its doubt, then what shows it."""

from __future__ import annotations

from typing import Any

from touchstone.core.page import Chart, Grid
from touchstone.show._findings import Picture, Told, picture
from touchstone.show._stored import Figure


def row(name: str, by: dict[str, str], value: float | None, **detail: Any) -> Figure:
    low, high = (None, None) if value is None else (value - 0.05, value + 0.05)
    return Figure(name, by, value, low, high, 400, "share of texts", detail)


def drawn(*rows: Figure) -> Picture:
    return picture(Told(rows[0].name, rows, {"u1": "Ash Motors"}, 1))


def charts(found: Picture) -> list[Chart]:
    return [each for each in found.blocks if isinstance(each, Chart)]


def pair(touchpoint: str, value: float, *, real: bool) -> Figure:
    by = {"inside": "wait_seconds", "figure": "rating", "touchpoint": touchpoint}
    lags = [{"lag": lag, "value": value, "low": value - 0.1, "high": value + 0.1} for lag in range(3)]
    chance = 0.01 if real else 0.9
    return row("inside_out", by, value, real=real, lag=2, every="week", by_lag=lags, probability_adjusted=chance)


def test_a_process_is_told_with_its_lag() -> None:
    found = drawn(pair("sales", 0.1, real=False), pair("call centre", -0.2, real=True))
    assert found.sentence.startswith("When wait seconds rises, rating of call centre falls 2 weeks later")
    (chart,) = charts(found)
    assert [each.label for each in chart.figures] == ["the same week", "1 week later", "2 weeks later"]
    assert "beyond chance" in drawn(pair("sales", 0.1, real=False)).sentence


def reaction(campaign: str, level: str, value: float, **detail: Any) -> Figure:
    return row("resonance", {"campaign": campaign, "level": level, "sign": "reaction"}, value, **detail)


def test_whom_a_campaign_leaves_cold_stands_in_the_title() -> None:
    found = drawn(reaction("quiet", "prospect", 0.4, speaks=True), reaction("quiet", "owner", 0.1, turns_away=True))
    assert "“Quiet” to prospects speaks most clearly" in found.sentence
    assert charts(found)[0].title == "Leaves cold: “Quiet” to owners"
    calm = drawn(reaction("quiet", "prospect", 0.4), reaction("quiet", "owner", 0.4))
    assert "beyond chance" in calm.sentence


def test_vanity_has_a_table_of_its_own() -> None:
    rows = [row("engagement", {"sign": "impressions"}, 900.0, worth="vanity"),
            row("engagement", {"sign": "acted_on"}, 0.3, worth="value"),
            row("engagement", {"touchpoint": "website", "sign": "acted_on"}, 0.4, worth="value"),
            row("engagement", {"sign": "followed"}, 0.1, worth="value", real=True)]  # fmt: skip
    found = drawn(*rows)
    titles = [each.title for each in found.blocks if isinstance(each, Grid)]
    assert titles == ["What it was worth", "Only seen: vanity, never added to the rest"]
    assert "more people came than before" in found.sentence
    assert "no impression" in drawn(rows[0]).sentence.casefold()


def test_what_is_said_of_the_price_most_comes_first() -> None:
    rows = [row("price", {"verdict": "dear"}, 0.5), row("price", {"verdict": "worth"}, 0.2),
            row("price", {"unit": "u1", "verdict": "dear"}, 0.9, real=True),
            row("price", {"verdict": "trade_off", "touchpoint": "repair quality"}, 2.0, real=True)]  # fmt: skip
    found = drawn(*rows)
    assert "find it too dear" in found.sentence
    assert [each.title for each in charts(found)][1:] == ["Who stands out", "What a dear price is accepted for"]
    assert charts(found)[1].figures[0].label == "Ash Motors, too dear"
