"""Changes: what changed, when, where, and whether it is real."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, METRIC, NUMBER, TEXT
from touchstone.measure._answers import Question, answers, check
from touchstone.measure._given import given
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._rules import RULES
from touchstone.measure._scores import salt
from touchstone.measure._series import EVERY, Series, ends, of_file, of_mentions, of_scores, of_volume
from touchstone.measure._series_of_words import of_kinds, of_themes
from touchstone.science.change import Watched, watch_scores

FIELDS = {"unit": TEXT, "occurred_at": INSTANT, "value": NUMBER}
CUTS = ((), ("unit",), ("touchpoint",))
_FORMULA = (
    "mean since the likeliest change less the mean before; an alarm is raised by the look at which the evidence for a "
    "change (likelihood averaged over sizes and times of a change) reaches what chance alone ever reaches with "
    "probability alpha (Ville 1939; Lai 1976; Shin, Ramdas & Rinaldo 2022)"
)
_OTHERS = {"volume": of_volume, "mentions": of_mentions, "themes": of_themes}
_LOOSE = 1.5  # looks that vary more than this beyond what their answers explain are worth a word


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    figure: str = "",
    every: str = "week",
    baseline: int = 8,
    alpha: float = 0.05,
    family: str = "each",
) -> pa.Table:
    """Change: what changed, when, where, and whether it is real, judged look by look as it would have been live.

    A look is a week (Monday to Sunday), `month` or `year` that is over. The chance that a series without any change
    ever raises an alarm is `alpha`, however often it is looked at; with `family=all` that is the chance for all series
    of the answer together. The first `baseline` looks are the least that a change is told against. On a home `figure`
    is a score (nps, rating, …), sentiment, volume, mentions (a touchpoint's share of all), themes (each one's share of
    texts: what emerges) or a kind of message (problem, …); empty: all that can be told of this cut.
    """
    _check(every, family, baseline, alpha)
    question = Question(tuple(by), where, since, until)
    found = _series(ask, question, every, figure)
    tried = sum(len(each.starts) > baseline for each in found) if family == "all" else 1
    told = [
        (each, watch_scores(each.counts, each.scores, baseline=baseline, alpha=alpha / max(tried, 1))) for each in found
    ]
    details = [_detail(each, watched, every, baseline) for each, watched in told]
    for detail in details:
        detail.update(alpha=alpha, family=family, comparisons=tried)
    return _told(told, details, f"{every}|{salt(question)}")


def _check(every: str, family: str, baseline: int, alpha: float) -> None:
    if every not in EVERY:
        raise Refused(f"{every!r} is no period.", field="every", todo=f"Known: {', '.join(EVERY)}.")
    if family not in ("each", "all"):
        raise Refused(f"{family!r} is no family.", field="family", todo="Known: each, all.")
    if baseline < 2:
        raise Refused("a baseline has two looks or more.", field="baseline", todo="Say 8, or more.")
    if not 0 < alpha < 1:
        raise Refused("a chance of false alarms lies between 0 and 1.", field="alpha", todo="Say .05, perhaps.")


def _series(ask: Ask, question: Question, every: str, figure: str) -> list[Series]:
    """The series that the question asks for."""
    if every in question.by:
        raise Refused(f"a change is told between looks of a {every}.", field="by", todo=f"Leave {every!r} out of by.")
    table = given(ask, question, "occurred_at", "value", *question.by)
    if table is not None:
        if not set(question.by) <= {"unit"}:
            raise Refused("a file's change is told by unit.", field="by", todo="Map the column: --map unit=COLUMN.")
        return of_file(table, question.by, every, ask.today)
    if figure in RULES:
        return of_scores(ask, RULES[figure], question, every)
    if figure in _OTHERS:
        return _OTHERS[figure](ask, question, every)
    if figure:
        return _of_kind(ask, question, every, figure)
    return _all(ask, question, every)


def _of_kind(ask: Ask, question: Question, every: str, figure: str) -> list[Series]:
    found = of_kinds(ask, question, every)
    known = sorted({each.figure for each in found})
    if known and figure not in known:
        todo = f"Known: {', '.join([*RULES, *_OTHERS, *known])}."
        raise Refused(f"there is no figure {figure!r}.", field="figure", todo=todo)
    return [each for each in found if each.figure == figure]


def _all(ask: Ask, question: Question, every: str) -> list[Series]:
    """Every figure that can be told of this cut; kinds and themes of the brand as a whole alone."""
    check(question, "rollup")
    rules = [rule for rule in RULES.values() if rule.metric or answers(question, "mention_rollup")]
    found = [each for rule in rules for each in of_scores(ask, rule, question, every)]
    found += of_volume(ask, question, every)
    if question.by == ("touchpoint",) and not question.where:
        found += of_mentions(ask, question, every)
    if question.by or question.where:
        return found
    return found + of_kinds(ask, question, every) + of_themes(ask, question, every)


def _detail(series: Series, watched: Watched, every: str, baseline: int) -> dict[str, Any]:
    """What is told beside the figure."""
    looks = [str(each) for each in series.starts]
    seen = [str(each) for each in ends(series.starts, every)]
    alarm = watched.alarm >= 0
    detail: dict[str, Any] = {
        "formula": _FORMULA,
        "figure": series.figure,
        "scale": {"worst": tidy(series.scale[0]), "best": tidy(series.scale[1])},
        "alarm": alarm,
        "alarm_at": seen[watched.alarm] if alarm else None,
        "changed_at": looks[watched.change] if alarm else None,
        "looks": watched.looks,
        "every": every,
        "baseline": baseline,
        "evidence": tidy(min(watched.evidence, 1e12)),
        "evidence_needed": tidy(watched.needed),
        "scatter": tidy(watched.scatter),
    }
    if series.called:
        detail["theme"] = series.called
    if alarm:
        detail.update(
            changed_from=looks[watched.earliest], changed_until=looks[watched.latest],
            looks_to_alarm=watched.alarm - watched.change + 1, **_means(series, watched.change),
            series=[[look, tidy(mean, digits=4)] for look, mean in zip(looks, _by_look(series), strict=True)],
        )  # fmt: skip
    elif watched.looks <= baseline:
        detail["why"] = f"{watched.looks} looks: a change is told against {baseline}, so {baseline + 1} are needed"
    else:
        detail["why"] = f"no alarm in {watched.looks} looks: what varies could be chance"
    if watched.scatter >= _LOOSE:
        detail["warning"] = (
            f"before the change looks vary {watched.scatter:.1f} times as much as their answers explain "
            "(season, campaigns or answers that belong together); alarms are held back by as much"
        )
    return detail


def _means(series: Series, change: int) -> dict[str, Any]:
    """The means before and since."""
    before, since = (
        each @ series.scores / each.sum() for each in (series.counts[:change].sum(0), series.counts[change:].sum(0))
    )
    return {"mean_before": tidy(before), "mean_since": tidy(since)}


def _by_look(series: Series) -> list[float]:
    """The mean of each look."""
    means: list[float] = (series.counts @ series.scores / series.counts.sum(axis=1)).tolist()
    return means


def _told(told: list[tuple[Series, Watched]], details: list[dict[str, Any]], narrowed: str) -> pa.Table:
    """METRIC rows, figure by figure: a figure may have a scale beside the by columns."""
    tables = []
    for kind in dict.fromkeys((series.figure, series.names) for series, _ in told):
        some = [place for place, (series, _) in enumerate(told) if (series.figure, series.names) == kind]
        alone = details[some[0]]["family"] == "each"
        heading = Heading("change", salt=f"{kind[0]}|{narrowed}", alone=alone)
        tables.append(_table([told[place] for place in some], [details[place] for place in some], heading))
    return pa.concat_tables(tables).cast(METRIC) if tables else nothing()


def _table(told: list[tuple[Series, Watched]], details: list[dict[str, Any]], heading: Heading) -> pa.Table:
    names = told[0][0].names
    columns = list(zip(*(series.keys for series, _ in told), strict=True)) or [()] * len(names)
    keys = pa.table({name: pa.array(words, TEXT) for name, words in zip(names, columns, strict=True)})
    return rows(
        keys,
        _Columns([watched for _, watched in told]),
        n=np.array([series.n for series, _ in told]),
        measured_in=[series.measured_in for series, _ in told],
        detail=details,
        heading=heading,
    )


class _Columns:
    """The watches of many series as columns of estimates."""

    def __init__(self, watched: list[Watched]) -> None:
        self.value = np.array([each.value for each in watched])
        self.low = np.array([each.low for each in watched])
        self.high = np.array([each.high for each in watched])
