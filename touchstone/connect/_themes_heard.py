"""What customers say: texts as stretches of words, and the words for things that touchpoints do not name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from touchstone.connect._themes_filed import FIELDS, filed
from touchstone.core.ask import Ask
from touchstone.language.nouns import things
from touchstone.language.terms import Terms, terms
from touchstone.science.words import log_odds

__all__ = ["FIELDS", "Heard", "heard"]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_COLUMNS = "i.id, i.text, i.unit, i.occurred_at, i.person, i.source, i.product, i.level"
_AMONG = """from interaction i where i.text is not null and i.text <> ''
    and coalesce(i.level, '') <> 'employee' and coalesce(i.kind, '') <> 'claim'"""
_NAMES = """select name from unit where name is not null union
    select product from interaction where product is not null union
    select id from unit"""
_FEATURES, _WIDEST = 2000, 0.2  # telling words at most; share of texts from which a word tells nothing
_PEOPLE = 2  # who say a word, at least: what one alone says is theirs
_AT_HOME = -0.5  # log-odds of a word outside the spans of touchpoints against inside, from which it is at home there
_STRETCH = 25  # words that are near to each other
_MANY_UNITS = 20  # each of more has staff and places of its own, which are no themes
_PERIODS = 8
_DAY = 86_400_000_000
_LANGUAGE = """select interaction, max_by(label, score) as language from signal where layer = 'language'
    group by interaction order by interaction"""
_CALENDAR = """
january february march april may june july august september october november december monday tuesday wednesday thursday
friday saturday sunday morning afternoon evening janvier février mars avril mai juin juillet août septembre octobre
novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto
septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes sábado domingo januar februar märz juni
juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
"""


@dataclass(frozen=True)
class Heard:
    """Texts in order of id, and their stretches: up to 25 words near to each other, in or out of a touchpoint's span.

    `about` tells of each text which product, level, unit and time it is of (-1: unknown), `among` its source and
    language; -1 is the day of no date.
    """

    id: list[str]
    unit: list[str | None]
    day: Places
    whole: Flags  # nothing of the text is named
    about: dict[str, Places]
    among: Places
    words: Places  # of each text
    found: Terms  # of the pieces of texts …
    piece: Places  # … each of this text
    telling: Places  # the terms that themes are told by
    stretch: Places  # the text of each stretch
    near: csr_array  # (stretches, telling): which has which
    said: csr_array  # (telling, texts)

    @property
    def spelled(self) -> list[str]:
        """The telling words as they are mostly written."""
        return [self.found.spelled(term) for term in self.telling.tolist()]

    def says(self, words: Sequence[str]) -> Flags:
        """Which texts say one of these words or runs."""
        wanted = {word.lower() for word in words}
        chosen = np.flatnonzero([word in wanted for word in self.spelled])
        return np.asarray(self.said[chosen].sum(axis=0)).ravel() > 0

    @cached_property
    def frequent(self) -> npt.NDArray[np.float64]:
        """How many texts say each telling word."""
        return np.asarray(self.said.sum(axis=1)).ravel()


def heard(ask: Ask, *, sure: float, sample: int, fewest: int) -> Heard:
    """The texts of a home (of more than `sample` so many, by a hash of their ids), or of a file."""
    if ask.given is not None:
        said, spans, names = filed(ask.given), pa.table({"interaction": pa.array([], pa.string())}), []
    else:
        many = ask.lake(f"select count(*) as n {_AMONG}")["n"][0].as_py()
        some = f"{_AMONG} and md5(i.id) < '{int(min(1.0, sample / max(many, 1)) * 0xFFFFFFFF):08x}g'"
        said = ask.lake(f"select {_COLUMNS} {some} order by i.id")
        spans = ask.lake(
            f"""select distinct m.interaction, m.start, m.stop from mention m where m.confidence >= ?
            and m.interaction in (select i.id {some}) order by m.interaction, m.start, m.stop""",
            [sure],
        )
        names = ask.lake(_NAMES)["name"].to_pylist()
    left, named, owner = _apart(said, spans)
    found = terms(pa.array([*left, *named], pa.large_string()), apart=_CALENDAR.split(), everyday=True)
    piece = np.concatenate([np.arange(len(left)), owner]).astype(np.int64)
    able = things(found) >= 0.5
    able &= ~found.called([*_CALENDAR.split(), *names])  # a run with a product's name tells of the product
    telling = _telling(found, piece, len(left), _codes(said["person"]), fewest=fewest, able=able)
    moment = said["occurred_at"].cast(pa.int64()).fill_null(-1).to_numpy()
    day = np.where(moment >= 0, moment // _DAY, -1)
    stretch, near = _stretches(found, piece, telling)
    member = csr_array((np.ones(len(stretch)), (stretch, np.arange(len(stretch)))), shape=(len(left), len(stretch)))
    held = csr_array(member @ near).T.tocsr()
    held.data[:] = 1.0
    words = np.bincount(piece[found.tokens.text], minlength=len(left))
    return Heard(
        said["id"].to_pylist(), said["unit"].to_pylist(), day, ~np.isin(np.arange(len(left)), owner),
        _about(said, day), _among(ask, said), words, found, piece, telling, stretch, near, held,
    )  # fmt: skip


def _apart(said: pa.Table, spans: pa.Table) -> tuple[list[str], list[str], Places]:
    """Of each text the words outside all spans; then the words of each span, and the text that it is of."""
    left: list[str] = said["text"].to_pylist()
    named: list[str] = []
    if not len(spans):
        return left, named, np.zeros(0, np.int64)
    owner = pc.index_in(spans["interaction"], value_set=said["id"].combine_chunks()).to_numpy(zero_copy_only=False)
    place, former = -1, ""
    for at, start, stop in zip(owner.tolist(), spans["start"].to_pylist(), spans["stop"].to_pylist(), strict=True):
        if at != place:
            place, former = at, left[at]
        begin, end = start or 0, len(former) if stop is None else stop
        named.append(former[begin:end])
        left[at] = left[at][:begin] + "\n" * (end - begin) + left[at][end:]
    return left, named, owner.astype(np.int64)


def _telling(found: Terms, piece: Places, texts: int, person: Places, *, fewest: int, able: Flags) -> Places:
    """The words for things that enough texts and people say, and not mostly where touchpoints are named."""
    wide = len(found.runs)
    outside = np.arange(len(piece)) < texts
    once = np.unique(piece[found.text] * max(wide, 1) + found.term)
    counts = np.bincount(once % max(wide, 1), minlength=wide)
    people = np.unique(person[once // max(wide, 1)] * max(wide, 1) + once % max(wide, 1))
    able = able & (counts >= fewest) & (counts <= max(_WIDEST * texts, 4 * fewest))
    able &= np.bincount(people % max(wide, 1), minlength=wide) >= _PEOPLE
    if texts < len(piece):
        free, bound = found.counts(outside), found.counts(~outside)
        odds = log_odds(free, bound, total=(free[~found.runs].sum(), bound[~found.runs].sum()))
        able &= np.where(np.isnan(odds.value), bound == 0, odds.value > _AT_HOME)
    order = np.lexsort((np.arange(wide), -counts))
    return np.asarray(order[able[order]][:_FEATURES], np.int64)


def _stretches(found: Terms, piece: Places, telling: Places) -> tuple[Places, csr_array]:
    """The text of each stretch in which telling words stand, and which stand there: (stretches, telling).

    A short text is one stretch, whatever its pieces; in longer ones each piece is cut by itself.
    """
    column = np.full(len(found.runs), -1)
    column[telling] = np.arange(len(telling))
    use = np.flatnonzero(column[found.owner] >= 0)
    words = found.tokens.text
    own = words[found.first[use]].astype(np.int64)
    place = (found.first[use] - np.searchsorted(words, np.arange(len(piece)))[own]) // _STRETCH
    short = np.bincount(piece[words], minlength=len(piece))[piece[own]] <= 2 * _STRETCH
    wide = len(words) + 1
    code = np.where(short, piece[own] * wide, own * wide + place)
    codes, row = np.unique(code, return_inverse=True)
    near = csr_array((np.ones(len(use)), (row, column[found.owner[use]])), shape=(len(codes), len(telling)))
    near.sum_duplicates()
    near.data[:] = 1.0
    return piece[codes // wide], near


def _codes(column: pa.ChunkedArray) -> Places:
    """A number for each value; what is unknown is each by itself."""
    known = np.asarray(column.is_valid())
    text = pc.fill_null(column.cast(pa.string()), "").to_numpy(zero_copy_only=False).astype(str)
    found = np.unique(text, return_inverse=True)[1].astype(np.int64)
    return np.where(known, found, len(found) + np.arange(len(found)))


def _about(said: pa.Table, day: Places) -> dict[str, Places]:
    """By text what it can be about: product, level, unit where there are few, and the eighth of the whole time."""
    about = {}
    for name in ("product", "level", "unit"):
        known = np.asarray(said[name].is_valid())
        codes = np.where(known, np.unique(_codes(said[name]), return_inverse=True)[1], -1)
        if 2 <= len(np.unique(codes[known])) <= (_MANY_UNITS if name == "unit" else len(codes)):
            about[name] = codes
    dated = day >= 0
    if dated.any() and (first := day[dated].min()) < (last := day[dated].max()):
        about["time"] = np.where(dated, (day - first) * _PERIODS // (last - first + 1), -1)
    return about


def _among(ask: Ask, said: pa.Table) -> Places:
    """A number for the source and the language of each text, English where nobody told."""
    rows = ask.lake(_LANGUAGE)
    place = pc.index_in(said["id"], value_set=rows["interaction"].combine_chunks())
    spoken = pc.fill_null(rows["language"].combine_chunks().take(place.combine_chunks()), "en")
    source = pc.fill_null(said["source"].cast(pa.string()), "").combine_chunks()
    told = pc.binary_join_element_wise(source, spoken.cast(pa.string()), "\x1f")
    return np.unique(told.to_numpy(zero_copy_only=False).astype(str), return_inverse=True)[1].astype(np.int64)
