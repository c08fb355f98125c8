"""Which touchpoints move together with the outcome: shares of its variance, with their doubt and their rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import METRIC, NUMBER, TEXT
from touchstone.measure import _driven_file, _driven_home
from touchstone.measure._answers import Question
from touchstone.measure._driven import Answers, Asymmetry, Effort, Weighed, asymmetry, weigh
from touchstone.measure._given import given
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.interval import Interval

FIELDS = {"outcome": NUMBER}
CUTS = ((), ("region",))
"""What is stored of it by `run`."""
_FEWEST = 30  # answers that rate a touchpoint where not everyone rates everything
_EACH = 4  # and of these on average for each touchpoint there is
_FLATTERED = 0.05  # R squared that is too high by more than this is said
_FORMULA = {
    "lmg": "mean of what the touchpoint adds to R squared over all orders (Lindeman, Merenda & Gold 1980; Shapley)",
    "johnson": "relative weight: squared loadings on uncorrelated ratings x squared slopes (Johnson 2000)",
}
_KNOWN = {
    "method": tuple(_FORMULA),
    "missing": ("listwise", "pairwise", "em"),
    "scale_usage": ("as_given", "centred"),
}


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    figure: str = "",
    method: str = "lmg",
    ordinal: bool = False,
    not_applicable: float | None = None,
    missing: str = "",
    scale_usage: str = "as_given",
    groups: Sequence[str] = (),
) -> pa.Table:
    """Each touchpoint's share of the variance of the outcome that all explain together, with interval and rank.

    On a home the outcome is the `figure` (nps, csat, ces, rating, boolean; empty: the one most answered) of a survey
    or review and the drivers are its ratings of touchpoints. `method` is lmg or johnson; `ordinal` takes the outcome's
    steps as cuts of a normal scale. `not_applicable` is a score that means none; `missing` is listwise (a file's
    default), pairwise (a home's) or em; `scale_usage` as_given or centred (less the person's own mean); `groups`
    weighs touchpoints together: name:touchpoint|touchpoint. Shares add up to R squared. Association, not effect.
    """
    _check(method=method, missing=missing or "listwise", scale_usage=scale_usage)
    question = Question(tuple(by), where, since, until)
    player = "stage" if "stage" in by and ask.given is None else "touchpoint"
    cut = tuple(name for name in by if name not in ("touchpoint", player))
    if player == "stage":
        groups = _stages(ask, groups)
    found, words = _told(ask, question, cut, figure=figure, missing=missing, scale_usage=scale_usage,
                         not_applicable=not_applicable, ordinal=ordinal)  # fmt: skip
    how = {"method": method, "ordinal": ordinal, "seed": ask.seed, "effort": Effort.of(len(found))}
    kind = _Kind(cut, player, tuple(groups), words)
    tables = [_group(key, answers, kind, how) for key, answers in found]
    marks = "|".join((salt(question), words, method, str(ordinal), missing, scale_usage, ",".join(groups)))
    return pa.concat_tables([_rows(each, kind, marks) for each in tables]).cast(METRIC) if tables else nothing()


def _check(**chosen: str) -> None:
    for name, value in chosen.items():
        if value not in _KNOWN[name]:
            raise Refused(f"{value!r} is no {name}.", field=name, todo=f"Known: {', '.join(_KNOWN[name])}.")


def _told(
    ask: Ask, question: Question, cut: tuple[str, ...], *, figure: str, missing: str, scale_usage: str,
    not_applicable: float | None, ordinal: bool,
) -> tuple[list[tuple[tuple[str, ...], Answers]], str]:  # fmt: skip
    """The answers of each group, of the file or the home, and what the outcome is measured in."""
    centred = scale_usage == "centred"
    table = given(ask, question, "outcome")
    if table is not None:
        reading = _driven_file.Reading(not_applicable, missing or "listwise", centred, ask.seed)
        return (_driven_file.groups(table, cut, reading) if len(table) else []), "points of the outcome"
    if missing not in ("", "pairwise"):
        raise Refused("hardly anyone rates every touchpoint of a home.", field="missing", todo="Take pairwise.")
    if not_applicable is not None:
        raise Refused("answers of a home say when there is none.", field="not_applicable", todo="Leave it out.")
    return _driven_home.groups(ask, question, cut, figure=figure, centred=centred, ordinal=ordinal)


def _stages(ask: Ask, groups: Sequence[str]) -> list[str]:
    """The touchpoints of each stage of the journey as a group of their own."""
    if groups:
        raise Refused("stages are groups already.", field="groups", todo="Leave stage out of by, or groups out.")
    together: dict[str, list[str]] = {}
    for each in ask.taxonomy.touchpoints:
        together.setdefault(each.stage, []).append(each.name)
    return [f"{stage}:{'|'.join(names)}" for stage, names in together.items()]


@dataclass(frozen=True)
class _Kind:
    """What rows are about: the columns of `cut`, and the `player` (touchpoint or stage) that shares R squared."""

    cut: tuple[str, ...]
    player: str
    groups: tuple[str, ...]
    outcome: str


def _group(key: tuple[str, ...], answers: Answers, kind: _Kind, how: Any) -> list[dict[str, Any]]:
    """The rows of one group: those with an estimate, then those without, as dictionaries of their columns."""
    about = dict(zip(kind.cut, key, strict=True))
    scale = {"worst": 0.0, "best": 1.0}
    detail = {"formula": _FORMULA[how["method"]], "scale": scale, "outcome": kind.outcome, **answers.notes}
    why = _why(answers)
    kept = answers.without([at for at, name in enumerate(answers.names) if name in why])
    short = _short(kept)
    made = [] if short else _estimates(kept, about, detail, kind=kind, how=how)
    rated = dict(zip(answers.names, answers.rated.tolist(), strict=True))
    if short:
        why = {**dict.fromkeys(kept.names, short), **why}
    if kind.player == "stage":
        names, players = _players(answers.names, kind.groups)
        rated = {name: max(answers.rated[player]) for name, player in zip(names, players, strict=True)}
        told = {row["stage"] for row in made}
        why = {name: short or "none of its touchpoints bears an estimate" for name in names if name not in told}
    nothing_known = dict.fromkeys(("value", "low", "high"), np.nan)
    return made + [
        {**about, kind.player: name, **nothing_known, "n": rated[name], "detail": {**detail, "why": said}}
        for name, said in sorted(why.items())
    ]


def _estimates(
    kept: Answers, about: dict[str, str], detail: dict[str, Any], *, kind: _Kind, how: Any
) -> list[dict[str, Any]]:
    names, players = _players(kept.names, kind.groups)
    found = weigh(kept, players, **how)
    sides = asymmetry(kept, seed=how["seed"], draws=how["effort"].draws)
    shared = {**detail, **_whole(kept, found, how)}
    made = []
    for at, (name, player) in enumerate(zip(names, players, strict=True)):
        own: dict[str, Any] = {"rank": int(found.order.rank[at]), "rank_low": int(found.order.low[at])}
        own["rank_high"] = int(found.order.high[at])
        if len(player) == 1 and name == kept.names[player[0]]:
            own |= _asymmetry(sides, player[0])
        else:
            own["touchpoints"] = [kept.names[each] for each in player]
        figures = {"value": found.value[at], "low": found.low[at], "high": found.high[at]}
        n = kept.rated[list(player)].min()
        made.append({**about, kind.player: name, **figures, "n": n, "detail": {**shared, **own}})
    return made


def _whole(kept: Answers, found: Weighed, how: Any) -> dict[str, Any]:
    """What all rows of a group say of the model, and what looks doubtful in it."""
    n, size = kept.answered, kept.size
    fit, low, high = found.r_squared
    said: dict[str, Any] = {
        "r_squared": tidy(fit, digits=8),
        "r_squared_low": tidy(low),
        "r_squared_high": tidy(high),
        "r_squared_adjusted": tidy(1 - (1 - fit) * (n - 1) / (n - size - 1)),
        "method": how["method"] + (", ordinal outcome" if how["ordinal"] else ""),
        "orders": "every order" if found.exact else "sampled orders",
        "says": "association: what moves together with the outcome, not what would move it",
    }
    if found.flattery > _FLATTERED or n < 10 * size:
        flattery = max(found.flattery, 0.0)
        few = f"{n:.0f} answers for {size} touchpoints: R squared is too high, by about {flattery:.2f}"
        said["warning"] = few + ", and its shares with it"
    elif kept.gaps:
        said["warning"] = "not everyone rated everything: correlations rest on those who rated both"
    return said


def _asymmetry(sides: Asymmetry, at: int) -> dict[str, Any]:
    """Penalty and reward of one touchpoint (Kano), in points of the outcome."""
    fall, rise = sides.penalty[:, at], sides.reward[:, at]
    width = rise[0] + abs(fall[0])
    names = ("", "_low", "_high")
    told = {f"penalty{end}": tidy(each) for end, each in zip(names, fall, strict=True)}
    told |= {f"reward{end}": tidy(each) for end, each in zip(names, rise, strict=True)}
    return {**told, "asymmetry": tidy((rise[0] - abs(fall[0])) / width if width > 0 else np.nan)}


def _why(answers: Answers) -> dict[str, str]:
    """The touchpoints that bear no estimate, with the reason."""
    found, rated = {}, answers.rated
    spread = answers.spread
    for at, name in enumerate(answers.names):
        if answers.gaps and rated[at] < _FEWEST:
            found[name] = f"rated in {rated[at]:.0f} answers that say the outcome; at least {_FEWEST} are needed"
        elif rated[at] and spread[at] == 0:
            found[name] = "every rating is the same"
    return found


def _short(kept: Answers) -> str:
    """Why the whole group bears no estimate; empty where it does."""
    needed = max(8, 2 * (kept.size + 1))
    if not kept.size or kept.answered < needed:
        return f"{kept.answered:.0f} answers to use; at least {needed} are needed for {kept.size} touchpoints"
    if kept.gaps and (mean := float(kept.rated.mean())) < _EACH * kept.size:
        wanted = _EACH * kept.size
        return f"{mean:.0f} ratings of a touchpoint on average; {wanted} are needed for {kept.size} touchpoints"
    return "every outcome is the same" if kept.spread[-1] == 0 else ""


def _players(names: Sequence[str], groups: Sequence[str]) -> tuple[list[str], list[list[int]]]:
    """Who shares R squared: the groups, and each touchpoint that is in none, by name."""
    place = {name: at for at, name in enumerate(names)}
    together: dict[str, list[int]] = {}
    for each in groups:
        label, _, members = each.partition(":")
        wanted = [name.strip() for name in members.split("|")]
        if not label or not members or len(set(wanted)) != len(wanted):
            raise Refused(f"{each!r} is no group.", field="groups", todo="Write name:touchpoint|touchpoint.")
        together[label.strip()] = [place[name] for name in wanted if name in place]
    taken = [at for members in together.values() for at in members]
    if len(set(taken)) != len(taken):
        raise Refused("a touchpoint is in two groups.", field="groups", todo="Name each once.")
    alone = {name: [at] for name, at in place.items() if at not in taken}
    players = {**{label: members for label, members in together.items() if members}, **alone}
    return sorted(players), [players[name] for name in sorted(players)]


def _rows(made: list[dict[str, Any]], kind: _Kind, marks: str) -> pa.Table:
    keys = pa.table({name: pa.array([each[name] for each in made], TEXT) for name in (*kind.cut, kind.player)})
    value, low, high = (np.array([each[name] for each in made], float) for name in ("value", "low", "high"))
    n = np.array([each["n"] for each in made], float)
    return rows(
        keys,
        Interval(value, low, high, n, np.zeros(len(made))),
        n=n,
        measured_in=["share of variance"] * len(made),
        detail=[each["detail"] for each in made],
        heading=Heading("drivers", salt=marks),
    )
