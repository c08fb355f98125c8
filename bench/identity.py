"""Who is one person: F against the truth, beside Splink's published settings: `python -m bench identity`.

FEBRL 1 and 4 were looked at while settings were chosen, and so were `historical`, `fake_1000`, `RLdata500` and the
restaurants for blocks and grouping; no label is ever learned from. `--quick` leaves out what takes minutes.
"""

from __future__ import annotations

import logging
import resource
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect import _identity_pairs
from touchstone.connect._identity_duck import connection
from touchstone.connect._identity_groups import components
from touchstone.connect._identity_match import Matched, filled, match
from touchstone.connect._identity_values import clean
from touchstone.connect.identity import connect
from touchstone.core.settings import Settings
from touchstone.core.tables import LINK, METRIC
from touchstone.store.home import create_store

DATA = Path("../shared/data/record_linkage")
MILLION, NEWCOMERS = 1_000_000, 10_000
FEBRL = """select rec_id as id, regexp_extract(rec_id, 'rec-([0-9]+)-', 1) as truth, given_name, surname, date_of_birth,
address_1 as street, street_number as house_number, suburb as city, postcode, soc_sec_id as national_id
from read_csv([{}], all_varchar = true)"""
HISTORICAL = f"read_parquet('{DATA}/historical_50k_dev.parquet')"
SETS = {
    "FEBRL 1": FEBRL.format(f"'{DATA}/febrl1.csv'"),
    "FEBRL 4": FEBRL.format(f"'{DATA}/febrl4a.csv', '{DATA}/febrl4b.csv'"),
    "fake_1000": f"""select unique_id as id, "cluster" as truth, first_name as given_name, surname,
        dob as date_of_birth, city, email from read_csv('{DATA}/fake_1000.csv', all_varchar = true)""",
    "RLdata500": f"""select rec as id, identity as truth, fname_c1 as given_name, lname_c1 as surname,
        printf('%04d-%02d-%02d', "by"::int, bm::int, bd::int) as date_of_birth
        from read_csv('{DATA}/RLdata500.csv', all_varchar = true)""",
    "restaurants": f"""select id, "class" as truth, name as surname, addr as street, city, phone
        from read_csv('{DATA}/restaurant.csv', all_varchar = true)""",
    "historical": f"""select unique_id as id, "cluster" as truth, first_name as given_name, surname,
        dob as date_of_birth, postcode_fake as postcode, birth_place, occupation from {HISTORICAL}""",
}


def bench(*, quick: bool = False) -> Iterator[str]:
    """F of each set of real records, calibration, and what a million records take."""
    if not DATA.is_dir():
        yield f"left out: {DATA} is not here"
        return
    for name, sql in SETS.items():
        if quick and name in ("FEBRL 4", "historical"):
            continue
        table = duckdb.sql(sql).to_arrow_table()
        began = time.process_time()
        found = match(table.drop_columns(["truth"]), seed=1)
        spent = time.process_time() - began
        truth = _truth(found, table)
        yield f"{name}, {len(table):,} records: {_agreement(found.group, truth)}, {spent:.1f} CPU s"
        if len(table) > 2000:
            yield from _calibration(found, truth)
    if not quick:
        yield from _same_blocks()
        yield from _million()


def _truth(found: Matched, table: pa.Table) -> np.ndarray[Any, Any]:
    told = dict(zip(table["id"].to_pylist(), table["truth"].to_pylist(), strict=True))
    return np.unique([told[each] for each in found.ids.to_pylist()], return_inverse=True)[1]


def _agreement(said: Any, truth: Any) -> str:
    pairs = [
        sum(n * (n - 1) // 2 for n in Counter(each).values())
        for each in (zip(said.tolist(), truth.tolist(), strict=True), said.tolist(), truth.tolist())
    ]
    precision, recall = pairs[0] / max(pairs[1], 1), pairs[0] / max(pairs[2], 1)
    return f"F {2 * precision * recall / (precision + recall):.4f} (precision {precision:.4f}, recall {recall:.4f})"


def _calibration(found: Matched, truth: Any) -> Iterator[str]:
    """Of the pairs a probability is told of, how many are one person."""
    right = truth[found.left] == truth[found.right]
    edges = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98, 0.999, 1.01)
    for low, high in (*pairwise(edges), (0.5, 0.95)):
        those = (found.probability >= low) & (found.probability < high)
        if those.any():
            told, true = found.probability[those].mean(), right[those].mean()
            where = f"pairs told {low:g} to {min(high, 1):g} (n {those.sum():,})"
            yield f"   {where}: {told:.3f} on average, {true:.3f} are one person"
    told = found.probability >= edges[0]
    yield f"   Brier score of pairs told: {((found.probability - right)[told] ** 2).mean():.4f}"


PUBLISHED = (
    ("given_name", "surname"), ("surname", "date_of_birth"), ("given_name", "date_of_birth"),
    ("postcode", "given_name"), ("postcode", "surname"), ("date_of_birth", "birth_place"),
    ("postcode:3", "date_of_birth"), ("postcode:3", "given_name"), ("postcode:3", "surname"),
    ("given_name:2", "surname:2", "date_of_birth:4"),
)  # fmt: skip
"""The blocking rules of Splink's example, in our fields."""


def _same_blocks() -> Iterator[str]:
    """F of ours and of Splink's published settings, each on its own blocks and on the other's."""
    table = duckdb.sql(SETS["historical"]).to_arrow_table()
    raw = duckdb.sql(f"select * from {HISTORICAL}").to_arrow_table()
    yield f"historical, Splink's published settings on their blocks: {_published(raw, None)}"
    yield f"historical, Splink's published settings on our blocks: {_published(raw, _our_pairs(table))}"
    every = {"_LARGEST": len(table), "_BUDGET": 1e9, "_SPARE": 1e12, "_SHARE": 1}  # no pair is left out
    with mock.patch.multiple(_identity_pairs, BLOCKS=PUBLISHED, **every):
        found = match(table.drop_columns(["truth"]), seed=1)
    yield f"historical, ours on Splink's published blocks: {_agreement(found.group, _truth(found, table))}"


def _our_pairs(table: pa.Table) -> pa.Table:
    """The pairs that our blocks bring together, by id."""
    given = table.drop_columns(["truth"]).sort_by("id")
    with connection() as duck:
        values = clean(duck, given, filled(given))
        _identity_pairs.pair_up(duck, values, fresh=np.ones(len(given), bool))
        met = duck.sql("select join_key_l, join_key_r from pairs").to_arrow_table()
    sides = {f"join_key_{side}": given["id"].take(met[f"join_key_{side}"]) for side in "lr"}
    return pa.table({"match_key": pa.repeat("0", len(met)), **sides})


def _published(table: pa.Table, pairs: pa.Table | None) -> str:
    """Splink's own example for this set, by its best of eight thresholds."""
    told = _example(table, pairs)
    place = {each: number for number, each in enumerate(table["unique_id"].to_pylist())}
    left, right = (np.array([place[each] for each in told[f"unique_id_{side}"].to_pylist()]) for side in "lr")
    truth = np.unique(table["cluster"].to_pylist(), return_inverse=True)[1]
    likely = told["match_probability"].to_numpy()
    tried = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999]
    return max(_agreement(components(len(table), left[likely >= t], right[likely >= t]), truth) for t in tried)


def _example(table: pa.Table, pairs: pa.Table | None) -> pa.Table:
    """Splink's documentation, `deduplicate_50k_synthetic`: its pairs, or those given, with their probabilities."""
    import splink

    api = splink.DuckDBAPI()
    linker = splink.Linker(api.register(table), _settings(), log_level=logging.ERROR)
    near = "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname"
    linker.training.estimate_probability_two_random_records_match(
        [
            "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
            f"{near} and substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
            "l.dob = r.dob and l.postcode_fake = r.postcode_fake",
        ],
        recall=0.6,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for block in (("first_name", "surname"), ("dob",)):
        linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on(*block))
    if pairs is not None:
        linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    return linker.inference.predict(warning_mode="never").as_pyarrow_table()


def _settings() -> Any:
    import splink
    import splink.comparison_library as compare

    short = "substr(postcode_fake,1,3)"
    blocks = [
        ("first_name", "surname"), ("surname", "dob"), ("first_name", "dob"), ("postcode_fake", "first_name"),
        ("postcode_fake", "surname"), ("dob", "birth_place"), (short, "dob"), (short, "first_name"), (short, "surname"),
        ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]  # fmt: skip
    return splink.SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[splink.block_on(*each) for each in blocks],
        comparisons=[
            compare.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_and_surname"
            ),
            compare.DateOfBirthComparison("dob", input_is_string=True),
            compare.LevenshteinAtThresholds("postcode_fake", 2),
            compare.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            compare.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )


def _million() -> Iterator[str]:
    """What a million persons of a home take, its record read, and ten thousand who come after them."""
    table = records(MILLION + NEWCOMERS)
    late = np.zeros(len(table), bool)
    late[np.random.default_rng(3).choice(len(table), NEWCOMERS, replace=False)] = True
    persons, early = _persons(table), pa.array(~late)
    with TemporaryDirectory() as folder:
        store = create_store(Path(folder) / "home", taxonomy="auto_dealer", settings=Settings())
        _put(store, persons.filter(early))
        spent, wall, links, figures = _connected(store)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        told = f"{spent:.0f} CPU s (limit 150), {wall:.0f} s, {memory:.1f} GB at most (limit 4)"
        yield f"{MILLION:,} made-up persons of a home: {told}"
        yield f"   {_found(links, table.filter(early))}: made-up records are easier than real ones"
        for name, rows in (("link", links), ("metric", figures)):
            store.replace(name, "identity", rows)
        _put(store, persons.filter(pa.array(late)))
        spent, wall, links, _ = _connected(store)
        yield f"{NEWCOMERS:,} who come after them: {spent:.1f} CPU s, {wall:.1f} s (limit 10); {_found(links, table)}"
        store.close()


def _put(store: Any, persons: pa.Table) -> None:
    """Persons come into a home, some at a time."""
    for some in persons.to_batches(50_000):
        store.put("person", pa.table(some))


def _connected(store: Any) -> tuple[float, float, pa.Table, pa.Table]:
    """CPU seconds and seconds that the connector took over a home as it is, its links and its figures."""
    began, wall = time.process_time(), time.perf_counter()
    made = list(connect(store.ask()))
    spent, wall = time.process_time() - began, time.perf_counter() - wall
    links, figures = (
        pa.concat_tables([each for each in made if each.schema.equals(schema)]) for schema in (LINK, METRIC)
    )
    return spent, wall, links, figures


def _persons(table: pa.Table) -> pa.Table:
    """Records as the persons of a home."""
    contacts = ", ".join(f"{name} := {name}" for name in table.column_names[3:-1])
    return duckdb.sql(
        "select id, concat_ws(' ', given_name, surname) as name, null::varchar as consents,"
        f' to_json(struct_pack({contacts}))::varchar as contacts from "table"'
    ).to_arrow_table()


def _found(links: pa.Table, table: pa.Table) -> str:
    """F of those linked at .9 and more."""
    sure = links.filter((pc.field("layer") == "same_person") & (pc.field("probability") >= 0.9))
    left, right = (pc.index_in(sure[side], table["id"].combine_chunks()).to_numpy() for side in ("left", "right"))
    return _agreement(components(len(table), left, right), np.unique(table["truth"].to_numpy(), return_inverse=True)[1])


def records(count: int, *, seed: int = 7) -> pa.Table:
    """Made-up records, a quarter of them a second record of somebody with a slip in every seventh value."""
    chance = np.random.default_rng(seed)
    people = int(count * 0.75)
    names = {each: _names(chance, *shape) for each, shape in {"given": (3000, 3), "sur": (20000, 4)}.items()}
    towns, streets = _names(chance, 500, 3), _names(chance, 30000, 4) + " street"
    given, surname, town = (
        each[np.minimum((chance.pareto(1.0, people) * len(each) / 20).astype(int), len(each) - 1)]
        for each in (names["given"], names["sur"], towns)
    )
    columns = {
        "given_name": given,
        "surname": surname,
        "date_of_birth": (np.datetime64("1930-01-01") + chance.integers(0, 28000, people)).astype(str).astype(object),
        "street": streets[chance.integers(0, 30000, people)],
        "house_number": chance.integers(1, 200, people).astype(str).astype(object),
        "city": town,
        "postcode": chance.integers(10000, 30000, people).astype(str).astype(object),
        "email": given + "." + surname + chance.integers(0, 1000, people).astype(str).astype(object) + "@mail.example",
        "phone": "+49" + (1_500_000_000 + chance.permutation(people) * 7).astype(str).astype(object),
    }
    who = np.concatenate([np.arange(people), chance.integers(0, people, count - people)])
    again = np.arange(count) >= people
    told = {}
    for name, values in columns.items():
        borne = values[who]
        for place in np.flatnonzero(again & (chance.random(count) < 0.15)):
            at = chance.integers(0, len(borne[place]))
            borne[place] = borne[place][:at] + str(chance.integers(0, 10)) + borne[place][at + 1 :]
        borne[chance.random(count) < (0.3 if name in ("email", "phone") else 0.05)] = None
        told[name] = pa.array(borne, pa.string())
    ids = pa.array([f"r{number:07}" for number in range(count)])
    return pa.table({"id": ids, **told, "truth": pa.array(who.astype(str))})


def _names(chance: np.random.Generator, count: int, parts: int) -> Any:
    """As many names of so many syllables."""
    syllables = np.array([one + other for one in "bdfghklmnprstvwz" for other in "aeio"], object)
    return np.sum([syllables[chance.integers(0, len(syllables), count)] for _ in range(parts)], axis=0)
