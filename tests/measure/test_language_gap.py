"""The language gap: words of one side alone, by the letter and by chance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.core.tables import INTERACTION, conform
from touchstone.listen._example_planted import BRAND_WORDS, CUSTOMER_WORDS
from touchstone.listen.example import listen
from touchstone.measure.language_gap import measure
from touchstone.store.scratch import scratch

WORDS = ("gasket", "flywheel", "dashboard", "tailgate", "chassis", "camshaft", "sunroof", "wiper", "clutch", "bumper",
         "radiator", "odometer", "gearbox", "ignition", "exhaust", "throttle", "spoiler", "upholstery")  # fmt: skip


def said(side: str, text: str, **more: Any) -> dict[str, Any]:
    kind, level = ("claim", "department") if side == "brand" else ("review", "end_customer")
    return {"kind": kind, "level": level, "text": text, "occurred_at": datetime(2026, 3, 2, tzinfo=UTC), **more}


def world(seed: int, *, count: int = 120, customers: str = "", ours: str = "") -> list[dict[str, Any]]:
    """Texts of five words each from the same lot; a third of a side's texts have its own word too."""
    chance = np.random.default_rng(seed)
    rows = []
    for side, own in (("customers", customers), ("brand", ours)):
        for number in range(count):
            words = chance.choice(WORDS, 5, replace=False).tolist() + ([own] if own and number % 3 == 0 else [])
            rows.append(said(side, ", ".join(words)))
    return rows


def told(rows: list[dict[str, Any]], **asked: Any) -> list[dict[str, Any]]:
    return unfolded(measure(brand(rows), **asked))


def real(found: list[dict[str, Any]], side: str) -> list[str]:
    return [each["by"]["word"] for each in found if each["by"]["side"] == side and each["detail"]["real"]]


def test_each_side_s_own_words_are_found_and_no_others() -> None:
    found = told(world(1, customers="turtle mode", ours="synergy"))
    assert real(found, "customers") == ["turtle mode"]
    assert real(found, "brand") == ["synergy"]
    row = next(each for each in found if each["by"]["word"] == "turtle mode")
    assert (row["detail"]["customers"], row["detail"]["brand"], row["n"]) == (40, 0, 40)
    assert 0 < row["low"] < row["value"] < row["high"]
    assert len(row["detail"]["examples"]) == 3


def test_where_all_speak_alike_hardly_a_word_is_told_apart() -> None:
    finds = [real(found, "customers") + real(found, "brand") for found in (told(world(n, count=60)) for n in range(10))]
    assert sum(map(bool, finds)) <= 1


def test_a_word_said_ten_times_in_one_text_counts_once() -> None:
    rows = [*world(2), said("customers", "clonk, " * 60)]
    assert "clonk" not in [each["by"]["word"] for each in told(rows)]


def test_a_word_is_spelled_as_most_spell_it() -> None:
    rows = [*world(2), *(said("customers", "the clooonk") for _ in range(3))]
    rows += [said("customers", "Clonk again") for _ in range(20)]
    assert "clonk" in [each["by"]["word"] for each in told(rows)]


def test_who_says_a_word_in_every_text_counts_as_one_person() -> None:
    texts = [", ".join(each) for each in np.random.default_rng(9).choice(WORDS, (60, 5))]
    rows = world(9) + [said("customers", f"{text}, clonk", person="anna") for text in texts]
    assert "clonk" not in [each["by"]["word"] for each in told(rows)]
    many = world(9) + [said("customers", f"{text}, clonk", person=f"p{at}") for at, text in enumerate(texts)]
    assert real(told(many), "customers") == ["clonk"]


def test_an_everyday_word_is_told_where_it_is_beyond_chance_and_only_there() -> None:
    assert real(told(world(10, customers="bars")), "customers") == ["bars"]
    assert "bars" not in [each["by"]["word"] for each in told(world(10) + [said("customers", "bars")] * 4)]


def test_everyday_words_take_at_most_half_of_the_places() -> None:
    everyday = ("husband", "yesterday", "holiday", "weather", "coffee", "happy", "money", "bars")
    rows = world(12) + [said("customers", ", ".join(everyday)) for _ in range(60)]
    rows += [said("customers", "clonk, gasket") for _ in range(30)]
    found = [each for each in told(rows, top=6) if each["by"]["side"] == "customers"]
    assert sum(each["detail"]["everyday"] for each in found) <= 3
    assert "clonk" in [each["by"]["word"] for each in found]


def test_where_no_word_is_beyond_chance_it_says_so() -> None:
    rows = world(11) + [said("customers", "clonk, gasket") for _ in range(3)]
    (row,) = [each for each in told(rows) if each["by"]["side"] == "customers"]
    assert "beyond chance" in row["detail"]["warning"]
    assert "warning" not in told(world(11, customers="clonk"))[0]["detail"]


def test_names_of_units_and_products_and_everyday_words_stay_out() -> None:
    rows = world(3) + [said("customers", "Esker and Moreau, they told us about it", product="Esker") for _ in range(30)]
    found = unfolded(measure(brand(rows, units=[{"id": "m", "name": "Moreau"}])))
    assert {each["by"]["word"] for each in found} & {"esker", "moreau", "told", "about"} == set()


def test_names_of_people_places_and_rivals_stay_out_by_their_capitals() -> None:
    places = ("Thornby", "Halden", "Volkar")
    rows = world(3) + [said("customers", f"The gasket from {name} Motors went clonk again") for name in places * 10]
    rows += [said("customers", "went clonk in a FLANGE again") for _ in range(30)]
    found = {each["by"]["word"] for each in told(rows)}
    assert not {each for each in found if any(name.lower() in each for name in (*places, "motors"))}
    assert any("clonk" in each for each in found)
    assert any("flange" in each for each in found), "what is written in capitals throughout is no name"


def test_german_nouns_are_no_names() -> None:
    rows = world(3) + [said("customers", "Nun ist der Auspuff kaputt und die Kupplung auch") for _ in range(30)]
    assert any("auspuff" in each["by"]["word"] for each in told(rows))


def test_a_word_and_its_plural_are_one_word() -> None:
    rows = world(3, customers="invoice") + [said("brand", "invoices") for _ in range(30)]
    assert not {"invoice", "invoices"} & {each["by"]["word"] for each in told(rows)}


def test_by_touchpoint_what_customers_say_of_it_is_held_against_what_the_brand_says_of_it() -> None:
    talk, promise = "the gearbox is fine. the hotline never answers", "radical clarity"
    rows = [said("customers", talk, id=f"c{n}") for n in range(60)]
    rows += [said("brand", f"{promise} on the phone", id=f"b{n}", touchpoint="call centre") for n in range(40)]
    rows += [said("brand", "hotline, hotline", id=f"o{n}", touchpoint="the car itself") for n in range(40)]
    cuts = {"call centre": (20, len(talk)), "parking": (0, 19)}
    mentions = [{"id": f"{n}{name}", "interaction": f"c{n}", "touchpoint": name, "start": start, "stop": stop}
                for n in range(60) for name, (start, stop) in cuts.items()]  # fmt: skip
    found = unfolded(measure(brand(rows, mentions=mentions), by=["touchpoint"]))
    here = [each for each in found if each["by"]["touchpoint"] == "call centre"]
    assert any("hotline" in each for each in real(here, "customers"))
    assert "radical clarity" in real(here, "brand")
    assert here[0]["detail"]["texts"] == {"customers": 60, "brand": 40}
    assert not any("gearbox" in each["by"]["word"] for each in here), "that was said of another touchpoint"
    (there,) = [each for each in found if each["by"]["touchpoint"] == "parking"]
    assert there["detail"]["why"] == "nothing that the brand said in words"


def test_each_level_is_held_against_the_whole_brand() -> None:
    rows = world(4, ours="synergy") + [said("customers", "the flange, the gearbox", level="dealer") for _ in range(40)]
    found = told(rows, by=["level"])
    assert {each["by"]["level"] for each in found} == {"dealer", "end_customer"}
    dealers = [each for each in found if each["by"]["level"] == "dealer"]
    assert "flange" in real(dealers, "customers")
    assert {each["detail"]["texts"]["brand"] for each in found} == {120}


def test_a_brand_without_words_has_no_gap_and_it_says_so() -> None:
    found = told([said("customers", "clonk, clonk")])
    assert found[0]["value"] is None
    assert found[0]["detail"]["why"] == "nothing that the brand said in words"
    assert told([]) == []


def test_agents_are_another_voice_than_claims() -> None:
    rows = world(5) + [said("customers", "postcode, gearbox", level="employee", kind="turn") for _ in range(60)]
    assert "postcode" not in real(told(rows), "brand")
    letters = [said("customers", "postcode, gearbox", level="employee", kind="message") for _ in range(60)]
    assert "postcode" in real(told(world(5) + letters), "brand"), "what an employee writes, the brand says"
    assert "postcode" in real(told(rows, voice="agents"), "brand")
    with pytest.raises(Refused, match="voice"):
        told(rows, voice="choir")


def test_of_very_many_texts_a_sample_is_drawn_the_same_each_time() -> None:
    rows = [{**each, "id": f"i{place:03}"} for place, each in enumerate(world(6, customers="clonk"))]
    found = told(rows, sample=80)
    assert found[0]["detail"]["sampled"]
    assert found[0]["detail"]["texts"] == {"customers": 80, "brand": 80}
    assert found == told(rows[::-1], sample=80)


def test_links_and_handles_are_no_words() -> None:
    rows = world(7) + [said("customers", "@careteam see https://x.example/qwertz &amp; gearbox") for _ in range(30)]
    assert {each["by"]["word"] for each in told(rows)} & {"careteam", "qwertz", "amp"} == set()


def test_a_file_says_by_its_column_who_speaks() -> None:
    rows = world(8, customers="clonk")
    sides = ["brand" if each["kind"] == "claim" else "customers" for each in rows]
    file = pa.table({"text": [each["text"] for each in rows], "side": sides})
    found = unfolded(measure(scratch([], given=file)))
    assert real(found, "customers") == ["clonk"]
    assert all("clonk" in text for text in found[0]["detail"]["examples"])
    with pytest.raises(Refused) as refused:
        measure(scratch([], given=file.select(["text"])))
    assert refused.value.field == "side"


@cache
def example(seed: int) -> pa.Table:
    """All that is said in words in the example brand."""
    parts = [each for each in listen(seed=seed) if isinstance(each, pa.RecordBatch)]
    return pa.Table.from_batches(parts).filter(pc.field("text").is_valid())


def test_the_words_planted_in_the_example_brand_are_among_the_first_ten_of_either_side() -> None:
    found = unfolded(measure(scratch(conform(example(20261121), INTERACTION))))
    assert among(found, "customers", CUSTOMER_WORDS) == 6
    assert among(found, "brand", BRAND_WORDS) >= 7
    assert all(each["detail"]["real"] for each in found)


def halves(seed: int) -> pa.Table:
    """Half of the example brand's customers, and a brand that speaks as the others do but for the planted words."""
    heard = example(seed)
    heard = heard.filter(~pc.field("level").isin(["employee", "vendor"]))
    claim = pc.equal(heard["kind"], "claim").to_numpy(zero_copy_only=False)
    brand_s = claim | (np.random.default_rng(seed).random(len(heard)) < 0.5)
    planted = pc.match_substring_regex(heard["text"], rf"(?i)\b({'|'.join(CUSTOMER_WORDS)})")
    kept = ~(brand_s & planted.to_numpy(zero_copy_only=False))
    side = np.where(brand_s, "brand", "customers")
    person = pc.if_else(pa.array(claim), None, heard["person"])  # each claim is one of its own
    return pa.table({"text": heard["text"], "side": side, "person": person}).filter(pa.array(kept))


def among(found: list[dict[str, Any]], side: str, planted: Sequence[str]) -> int:
    """How many planted words are told of a side."""
    words = [each["by"]["word"] for each in found if each["by"]["side"] == side]
    return sum(any(each in word for word in words) for each in planted)


def test_where_the_brand_speaks_as_customers_do_the_planted_words_are_among_the_first_ten() -> None:
    found = unfolded(measure(scratch([], given=halves(20261121))))
    assert among(found, "customers", CUSTOMER_WORDS) == 6
    assert among(found, "brand", BRAND_WORDS) >= 4


def test_agents_of_real_companies_ask_for_direct_messages(real_data: Any) -> None:
    folder: Path = real_data("twcs-customer-support")
    table = pq.read_table(folder / "sample_threads.parquet")
    sides = ["customers" if each == "True" else "brand" for each in table["inbound"].to_pylist()]
    found = unfolded(measure(scratch([], given=pa.table({"text": table["text"], "side": sides}))))
    assert real(found, "brand") == ["dm"]
