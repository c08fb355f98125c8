"""How likely two records are one person: Fellegi and Sunter's model, learned without labels by Splink on DuckDB.

Fellegi & Sunter, "A Theory for Record Linkage", JASA 64 (1969). Every field adds the weight log2(m / u) of the level at
which two records agree on it: m is how often records of one person agree so, learned by expectation maximisation; u is
how often strangers do, counted in pairs drawn at random, and for equal values how frequent that value is.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.connect._identity_fields import FIELDS, LESSONS, comparison, told
from touchstone.connect._identity_values import Values, Whole

Numbers = npt.NDArray[np.float64]
Expected = dict[str, dict[str, tuple[float, float]]]
"""Field → level → (m, u)."""

_FREQUENT = 1000  # records that bear a value, from where it is counted in persons only by and large
_STRANGERS, _LESSON = 400_000, 300_000  # pairs that u is counted in, and that EM learns from in one block
_AT_ONCE = 100_000  # pairs that are counted in one go
_PRIOR_PAIRS, _PRIOR_STRANGERS, _PRIOR_VALUES = 20, 1000, 100  # how many observations what is expected weighs
_LEAST, _LESSONS, _ONE_LESSON = 20, 2, 2000  # pairs of a lesson, lessons of a field, and what one counts at most
_KEPT = -16.0  # bits, with the prior: what has less at first sight is not looked at again
_LEFT = 0.02  # of u stays at least, when what is one person is taken out of it


@dataclass(frozen=True)
class Scored:
    """Pairs of records with the weight (bits) that each field adds; NaN where a field says nothing."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    weights: dict[str, npt.NDArray[np.float64]]

    @property
    def total(self) -> npt.NDArray[np.float64]:
        """The bits of all fields together."""
        bits: npt.NDArray[np.float64] = np.nansum(np.column_stack(list(self.weights.values())), axis=1)
        return bits


@dataclass(frozen=True)
class Learned:
    """What a model knows of how records of one person differ, kept for those who come later."""

    expected: Expected
    share: float
    """Of all pairs, that are one person."""
    distinct: dict[str, float]
    """Of those who bear a value of a field, how many are different persons."""


class Model:
    """Splink over one table of records, `unique_id` from 0 and the fields given."""

    def __init__(self, duck: Any, records: str, *, values: dict[str, Values], count: int, seed: int = 0) -> None:
        import splink

        self.api = splink.DuckDBAPI(duck)
        self.duck, self.values, self.count, self.seed = duck, values, count, seed
        self.fields = fields = frozenset(values)
        self.places = np.arange(count)  # of the records that are compared, among those whose values are counted
        self.distinct: dict[str, float] = {}  # of those who bear a value of a field, how many are different persons
        self._frequent: dict[str, Numbers] = {}  # by value of a field, how frequent it is; NaN where nobody else has it
        self.named = [each for each in FIELDS if each in fields]
        self.records = self.api.register(records)
        self.expected: Expected = {
            field: {level.name: (level.m, level.u) for level in told(field, fields)} for field in self.named
        }

    def learn(self) -> None:
        """Takes u from pairs drawn at random and m from EM over some blocks, both leaning on what to expect."""
        linker = self._linker()
        pairs = min(_STRANGERS, self.count * (self.count - 1) // 2)
        parts = 10 if pairs > _AT_ONCE else 1
        linker.training.estimate_u_using_random_sampling(max_pairs=_STRANGERS, seed=self.seed, num_chunks=parts)
        filled = self.duck.sql(
            f"select {', '.join(f'count({each})' for each in self.named)} from {self.records.physical_name}"
        ).fetchall()[0]
        for (field, levels), known in zip(_levels(linker).items(), filled, strict=True):
            both = pairs * (known / self.count) ** 2  # pairs in which both have the field
            for name, (m, u) in self.expected[field].items():
                seen = levels[name].u_probability * both
                self.expected[field][name] = (m, (seen + u * _PRIOR_STRANGERS) / (both + _PRIOR_STRANGERS))
        self._learn_m()

    def _learn_m(self) -> None:
        import splink

        linker = self._linker()
        seen: dict[str, dict[str, float]] = {field: defaultdict(float) for field in self.named}
        lessons = dict.fromkeys(self.named, 0)
        for lesson in LESSONS:
            used = {*lesson, "given_name"} if "surname" in lesson else {*lesson}  # given names may be swapped with it
            taught = [each for each in self.named if each not in used]
            new = any(lessons[each] < _LESSONS for each in taught)
            found = self._pairs(lesson) if new and set(lesson) <= self.fields else 0
            if found < _LEAST:
                continue
            session = linker.training.estimate_parameters_using_expectation_maximisation(
                splink.block_on(*lesson), estimate_without_term_frequencies=True, max_pairs=_LESSON
            )
            settings = session.core_model_settings
            same = min(settings.probability_two_random_records_match * found, _ONE_LESSON)
            for each in settings.comparisons:
                lessons[each.output_column_name] += 1
                for level in each.comparison_levels[1:]:
                    seen[each.output_column_name][level.label_for_charts] += same * level.m_probability
        for field, levels in seen.items():
            total = sum(levels.values()) + _PRIOR_PAIRS
            for name, (m, u) in self.expected[field].items():
                learned = (levels.get(name, 0.0) + m * _PRIOR_PAIRS) / total
                self.expected[field][name] = (float(f"{learned:.6g}"), float(f"{u:.6g}"))

    def _pairs(self, lesson: tuple[str, ...]) -> int:
        """How many pairs share these fields."""
        some = " and ".join(f"{each} is not null" for each in lesson)
        groups = f"select count(*) as size from {self.records.physical_name} where {some} group by {', '.join(lesson)}"
        found = self.duck.sql(f"select coalesce(sum(size * (size - 1) // 2), 0) from ({groups})").fetchall()[0]
        return int(found[0])

    def apart(self, share: float) -> None:
        """Takes out of u the pairs that are one person after all: `share` of all pairs."""
        for levels in self.expected.values():
            for name, (m, u) in levels.items():
                rest = max(u - share * m, u * _LEFT) / (1 - share)
                levels[name] = (m, float(f"{min(rest, 1.0):.6g}"))

    def count_values(self, bearers: Whole, *, asked: npt.NDArray[np.bool_] | None = None) -> None:
        """Counts how frequent each value is; `bearers` says of each record whose it is, for each counts once.

        Where only some records are `asked`, only values that one of those bears.
        """
        whose = np.where(np.bincount(bearers)[bearers] > 1, bearers, -1)
        for field in self.named:
            frequent = self._frequent[field] = self._rarity(field, whose, asked)
            known = ~np.isnan(frequent)
            spelled = self.values[field].spelled.filter(pa.array(known))
            self.duck.register("rarity", pa.table({field: spelled, f"tf_{field}": frequent[known]}))
            self.duck.execute(f"create or replace table rarity_{field} as select * from rarity").fetchall()
            self.duck.unregister("rarity")

    def score(self, pairs: str) -> Scored:
        """The weights of the pairs in table `pairs` (`join_key_l`, `join_key_r`) that are not out of the question."""
        linker = self._linker()
        for field in self.named:
            rarity = self.api.register(f"rarity_{field}")
            linker.table_management.register_term_frequency_lookup(rarity, field)
        linker.table_management.register_blocked_pairs_for_predict(self.api.register(pairs))
        found = linker.inference.predict(threshold_match_weight=_KEPT, warning_mode="never")
        terms = (f"nullif(mw_{each} + coalesce(mw_tf_adj_{each}, 0), 0) as {each}" for each in self.named)
        table = self.duck.sql(
            f"select unique_id_l, unique_id_r, {', '.join(terms)} from {found.physical_name} order by all"
        ).to_arrow_table()
        found.drop_table_from_database_and_remove_from_cache()
        return Scored(
            table["unique_id_l"].to_numpy(),
            table["unique_id_r"].to_numpy(),
            {each: table[each].to_numpy() for each in self.named},
        )

    def frequency(self, field: str, records: Whole) -> pa.Array:
        """How frequent the values that some of the records bear were counted to be; null where nobody else has it."""
        found = np.append(self._frequent[field], np.nan)[self.values[field].borne[self.places[records]]]
        return pa.array(found, mask=np.isnan(found))

    def _rarity(self, field: str, bearers: Whole, asked: npt.NDArray[np.bool_] | None) -> Numbers:
        """How frequent each value of a field is, among others than the one who bears it; NaN where there is none."""
        values = self.values[field]
        borne, size, records = values.borne, len(values.spelled), values.bearers
        several = records > 1
        if asked is None:
            known = borne >= 0
            persons = _persons(borne[known], bearers[known], size)
            total = float(persons.sum())
            self.distinct[field] = float(f"{total / max(records.sum(), 1):.6g}")
        else:
            several &= values.borne_by(asked) > 0
            rare = several & (records <= _FREQUENT)
            those = np.flatnonzero(np.append(rare, False)[borne])  # -1, none, is the last
            persons = _persons(borne[those], bearers[those], size)
            persons = np.where(rare, persons, records * self.distinct[field])
            total = float(records.sum()) * self.distinct[field]
        expected = _PRIOR_VALUES * self.expected[field]["same"][1]
        share = (persons - 1 + expected) / (total + _PRIOR_VALUES)
        return np.where(several, share, np.nan)

    def _linker(self) -> Any:
        import splink

        settings = splink.SettingsCreator(
            link_type="dedupe_only",
            comparisons=[comparison(each, self.fields, self.expected[each]) for each in self.named],
            blocking_rules_to_generate_predictions=[splink.block_on(self.named[0])],
            probability_two_random_records_match=1 / max(self.count, 2),
            retain_matching_columns=False,
            retain_intermediate_calculation_columns=True,
            max_iterations=40,
        )
        return splink.Linker(self.records, settings, log_level=logging.ERROR, validate_settings=False)


def _persons(borne: Whole, bearers: Whole, size: int) -> npt.NDArray[np.float64]:
    """How many different persons bear each of so many values; a bearer of one record alone may be -1."""
    several = bearers >= 0  # who stands once counts once, and need not be sorted
    wide = int(bearers.max(initial=0)) + 1
    once = np.unique(borne[several] * wide + bearers[several]) // wide
    return (np.bincount(once, minlength=size) + np.bincount(borne[~several], minlength=size)).astype(float)


def _levels(linker: Any) -> dict[str, dict[str, Any]]:
    return {
        each.output_column_name: {level.label_for_charts: level for level in each.comparison_levels[1:]}
        for each in linker._settings_obj.comparisons
    }
