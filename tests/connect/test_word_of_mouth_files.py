"""A file of who speaks to whom: networks that others have counted, exactly, and files that cannot be read."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pyarrow import csv, parquet

from touchstone.connect._word_graph import cores, merged, pagerank
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot

MET = (  # Zachary 1977: who met whom outside the club
    "0-1 0-2 0-3 0-4 0-5 0-6 0-7 0-8 0-10 0-11 0-12 0-13 0-17 0-19 0-21 0-31 1-2 1-3 1-7 1-13 1-17 1-19 1-21 1-30 2-3 "
    "2-7 2-8 2-9 2-13 2-27 2-28 2-32 3-7 3-12 3-13 4-6 4-10 5-6 5-10 5-16 6-16 8-30 8-32 8-33 9-33 13-33 14-32 14-33 "
    "15-32 15-33 18-32 18-33 19-33 20-32 20-33 22-32 22-33 23-25 23-27 23-29 23-32 23-33 24-25 24-27 24-31 25-31 26-29 "
    "26-33 27-33 28-31 28-33 29-32 29-33 30-32 30-33 31-32 31-33 32-33"
)
KARATE = MET.split()
RANKS = {33: 0.10091918, 0: 0.09699729, 32: 0.07169323, 2: 0.05707851, 1: 0.05287692, 11: 0.00956475}  # networkx 3.6.1


def test_the_karate_club_is_told_as_everyone_tells_it(tmp_path: Path):
    path = tmp_path / "club.csv"
    path.write_text("person,other\n" + "\n".join(each.replace("-", ",") for each in KARATE))
    rows = one_shot("connect", "word_of_mouth", file=str(path), map={}, set={"directed": "false"}, by=[])
    value = {int(row["person"]): row["value"] for row in rows}
    assert len(rows) == 34
    assert sum(row["n"] for row in rows) == 2 * 78
    assert max(row["detail"]["k_core"] for row in rows) == 4
    assert sum(row["detail"]["k_core"] == 4 for row in rows) == 10
    assert {who: round(value[who], 8) for who in RANKS} == RANKS
    assert sum(value.values()) == pytest.approx(1)
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    best = [row["person"] for row in rows if row["detail"]["starter"] == 1]
    assert best[0] in ("0", "33")


def test_the_order_of_rows_and_rewarded_contacts_change_nothing(tmp_path: Path):
    lines = [each.replace("-", ",") + ",none" for each in KARATE] + ["0,bought,disclosed", "bought,33,disclosed"] * 9
    told = []
    for shuffled in (lines, random.Random(2).sample(lines, len(lines)), lines[:78]):
        path = tmp_path / "club.csv"
        path.write_text("person,other,incentive\n" + "\n".join(shuffled))
        rows = one_shot("connect", "word_of_mouth", file=str(path), map={}, set={}, by=[])
        told.append({row["person"]: row for row in rows})
    assert told[0] == told[1]
    assert {who: told[0][who]["value"] for who in told[2]} == {who: row["value"] for who, row in told[2].items()}
    assert told[0]["bought"]["value"] is None
    assert "rewarded" in told[0]["bought"]["detail"]["why"]
    assert told[0]["0"]["detail"]["coupon_contacts"] == 9


@pytest.mark.parametrize(
    ("lines", "wrong"), [("who,other\na,b", "person"), ("person,other,weight\na,b,-1", "weight"),
                         ("person,other,weight\na,b,nan", "weight")]
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused(tmp_path: Path, lines: str, wrong: str):
    path = tmp_path / "edges.csv"
    path.write_text(lines)
    with pytest.raises(Refused) as refused:
        one_shot("connect", "word_of_mouth", file=str(path), map={}, set={}, by=[])
    assert refused.value.field == wrong


def test_files_of_nothing_and_of_talking_to_oneself_are_told_without_figures(tmp_path: Path):
    path = tmp_path / "edges.csv"
    path.write_text("person,other\n")
    assert one_shot("connect", "word_of_mouth", file=str(path), map={}, set={}, by=[]) == []
    path.write_text("person,other\na,a\na,\n")
    (row,) = one_shot("connect", "word_of_mouth", file=str(path), map={}, set={}, by=[])
    assert (row["value"], row["low"], row["n"]) == (None, None, 0)


def test_networks_that_others_have_counted(real_data: Callable[[str], Path]):
    folder = real_data("trust_networks")
    mail = parquet.read_table(folder / "email_eu_core.parquet")
    whole = [mail[name].to_numpy() for name in ("source", "target")]
    drawn = merged(*whole, np.ones(len(mail)), directed=True)
    assert len(mail) == 25_571  # SNAP: 1,005 nodes, 25,571 edges, 642 of them to oneself
    assert len(np.unique(np.concatenate(whole))) == 1005
    assert len(drawn.weight) == 25_571 - 642
    core = cores(drawn)
    assert (core.max(), (core == 34).sum()) == (34, 79)  # networkx 3.6.1
    trust = csv.read_csv(folder / "filmtrust_trust.csv")
    assert len(trust) == 1853
    coin = parquet.read_table(folder / "bitcoin_otc.parquet")
    assert (
        len(merged(coin["source"].to_numpy(), coin["target"].to_numpy(), np.ones(len(coin)), directed=True).weight)
        == 35_592
    )


def test_pagerank_of_nobody_is_nothing():
    nobody = np.zeros(0, np.int64)
    empty = merged(nobody, nobody, np.zeros(0), directed=True)
    assert len(pagerank(empty, empty.weight)) == 0
