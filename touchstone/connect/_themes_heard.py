"""What customers say that no touchpoint names: the words outside the spans of mentions, as terms and directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, TEXT
from touchstone.language.terms import Terms, terms
from touchstone.science.words import log_odds

Places = npt.NDArray[np.int64]
FIELDS = {"id": TEXT, "text": TEXT, "occurred_at": INSTANT}
_AMONG = """from interaction i where i.text is not null and i.text <> ''
    and coalesce(i.level, '') <> 'employee' and coalesce(i.kind, '') <> 'claim'"""
_NAMES = """select name from unit where name is not null union
    select product from interaction where product is not null union
    select id from unit"""
_FEATURES, _WIDEST = 2000, 0.2  # telling words at most; share of texts from which a word tells nothing
_DAY = 86_400_000_000
_LANGUAGE = """select interaction, max_by(label, score) as language from signal where layer = 'language'
    group by interaction order by interaction"""
_CALENDAR = """
january february march april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday morning afternoon evening janvier février mars avril mai juin juillet août septembre octobre
novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto
septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes sábado domingo januar februar märz juni
juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
"""


@dataclass(frozen=True)
class Heard:
    """Texts in order of id: the terms of what is left where mentions are taken out; -1 is the day of no date."""

    id: list[str]
    unit: list[str | None]
    day: Places
    found: Terms
    telling: Places  # the terms that themes are told by
    whole: npt.NDArray[np.bool_]  # nothing of the text is named
    language: Places
    found_texts: int  # that terms were looked for in: these, and after them the words that mentions span

    def says(self, words: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Which texts say one of these words or runs."""
        wanted = {word.lower() for word in words}
        chosen = np.zeros(len(self.found.runs), np.bool_)
        for term in self.telling.tolist():
            chosen[term] = self.found.spelled(term) in wanted
        said = np.zeros(self.found_texts, np.bool_)
        said[self.found.text[chosen[self.found.term]]] = True
        return said[: len(self.id)]


def heard(ask: Ask, *, sure: float, sample: int, fewest: int) -> Heard:
    """The texts of a home (of more than `sample` so many, by a hash of their ids), or of a file."""
    if ask.given is not None:
        said, spans = _filed(ask.given), pa.table({"interaction": pa.array([], TEXT)})
    else:
        many = ask.lake(f"select count(*) as n {_AMONG}")["n"][0].as_py()
        some = f"{_AMONG} and md5(i.id) < '{int(min(1.0, sample / max(many, 1)) * 0xFFFFFFFF):08x}g'"
        said = ask.lake(f"select i.id, i.text, i.unit, i.occurred_at {some} order by i.id")
        spans = ask.lake(
            f"""select m.interaction, m.start, m.stop from mention m where m.confidence >= ?
            and m.interaction in (select i.id {some}) order by m.interaction, m.start, m.stop""",
            [sure],
        )
    left, named = _apart(said, spans)
    apart = [*_CALENDAR.split(), *([] if ask.given is not None else ask.lake(_NAMES)["name"].to_pylist())]
    found = terms(pa.array([*left, *named], pa.large_string()), apart=apart, everyday=True)
    moment = said["occurred_at"].cast(pa.int64()).fill_null(-1).to_numpy()
    whole = ~np.isin(np.arange(len(left)), _places(said, spans))
    unit = said["unit"].to_pylist() if "unit" in said.column_names else [None] * len(left)
    language = _language(ask, said)
    telling = _telling(found, language, len(named), fewest)
    day = np.where(moment >= 0, moment // _DAY, -1)
    return Heard(said["id"].to_pylist(), unit, day, found, telling, whole, language, len(left) + len(named))


def _language(ask: Ask, said: pa.Table) -> Places:
    """A number for the language of each text, 0 for English and where nobody told."""
    rows = ask.lake(_LANGUAGE)
    place = pc.index_in(said["id"], value_set=rows["interaction"].combine_chunks())
    spoken = pc.fill_null(rows["language"].combine_chunks().take(place.combine_chunks()), "en")
    named = spoken.to_numpy(zero_copy_only=False).astype(str)
    return np.where(named == "en", 0, np.unique(named, return_inverse=True)[1] + 1).astype(np.int64)


def _filed(given: pa.Table) -> pa.Table:
    known = given.column_names
    if missing := [name for name in ("id", "text") if name not in known]:
        todo = f"Say which with --map {missing[0]}=COLUMN; there are: {', '.join(known)}."
        raise Refused(f"no column {missing[0]!r}.", field=missing[0], todo=todo)
    columns = {name: given[name] if name in known else pa.nulls(len(given), kind) for name, kind in FIELDS.items()}
    table = pa.table(columns)
    return table.filter(pc.fill_null(pc.not_equal(table["text"], ""), False)).sort_by("id")


def _places(said: pa.Table, spans: pa.Table) -> Places:
    found = pc.index_in(spans["interaction"], value_set=said["id"].combine_chunks()).to_numpy(zero_copy_only=False)
    return np.asarray(found, np.int64)


def _apart(said: pa.Table, spans: pa.Table) -> tuple[list[str], list[str]]:
    """Of each text the words outside all spans; and the words inside, of those that have any."""
    left = said["text"].to_pylist()
    named = []
    place, former = -1, ""
    if len(spans):
        for at, start, stop in zip(
            _places(said, spans).tolist(), spans["start"].to_pylist(), spans["stop"].to_pylist(), strict=True
        ):
            if at != place:
                place, former = at, left[at]
            begin, end = start or 0, len(former) if stop is None else stop
            named.append(former[begin:end])
            left[at] = left[at][:begin] + "\n" * (end - begin) + left[at][end:]
    return left, named


def _telling(found: Terms, language: Places, named: int, fewest: int) -> Places:
    """The words that enough texts say, and that are no more at home where touchpoints are named; the frequent first.

    Everyday words of other languages than English tell the language, not what is spoken of.
    """
    texts = len(language)
    own = np.zeros(texts + named, np.bool_)
    own[:texts] = True
    counts, others = found.counts(own), found.counts(~own)
    able = (counts >= fewest) & (counts <= max(_WIDEST * texts, 4 * fewest))
    foreign = np.zeros(texts + named, np.bool_)
    foreign[:texts] = language > 0
    able &= ~(found.plain & (found.counts(foreign) > 0.5 * counts))
    if others.sum():
        size = counts[~found.runs].sum(), others[~found.runs].sum()
        odds = log_odds(counts, others, total=size)
        able &= np.nan_to_num(odds.high, nan=1.0) > 0
    order = np.lexsort((np.arange(len(counts)), -counts))
    return np.asarray(order[able[order]][:_FEATURES], np.int64)
