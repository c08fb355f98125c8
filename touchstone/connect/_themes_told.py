"""Themes as rows: links of texts, and figures by theme: its words, how frequent it is, whether it grows or fades."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._themes_found import Grouped, coherence, telling, words
from touchstone.connect._themes_heard import Heard
from touchstone.core.tables import LINK, METRIC, TEXT
from touchstone.rules.themes import Edited
from touchstone.science.interval import share_interval
from touchstone.science.relative import relative

_MAKER = "themes@1"
_FORMULA = "texts that speak of it / all texts with words; Wilson's interval; growth: share in the later half / earlier"
_NAMING, _SHOWN, _FEW = 3, 5, 30  # words of a name, texts shown; texts of a month, at least


def told(heard: Heard, base: Grouped, after: Edited, *, alone: bool) -> tuple[pa.Table, pa.Table]:
    """LINK rows of the texts, and METRIC rows by theme and by theme and month; with `alone` also by id and theme."""
    rows: list[dict[str, Any]] = []
    month = _months(heard.day)
    for theme in sorted({each for each in after.theme.tolist() if each}):
        rows += _figures(heard, base, after, theme, month)
    figures = pa.Table.from_pylist(rows, schema=METRIC)
    return _links(heard, base, after), pa.concat_tables([figures, _members(heard, base, after)]) if alone else figures


def _figures(
    heard: Heard, base: Grouped, after: Edited, theme: str, month: npt.NDArray[np.str_]
) -> list[dict[str, Any]]:
    own = np.asarray(after.theme == theme, np.bool_)
    told = telling(heard, own)
    said = words(heard, own, told)
    detail = {
        "formula": _FORMULA,
        "scale": {"worst": None, "best": None},
        "name": after.names.get(theme) or _name(heard, base.name.get(theme, ""), said) or theme,
        "renamed": bool(after.names.get(theme)),
        "words": said,
        "alone": _alone(heard, own, said),
        "texts": int(own.sum()),
        "typical": _typical(heard, base, own),
        "coherence": coherence(heard, told),
        "growth": _growth(heard.day, own),
    } | ({"promoted": after.promoted[theme]} if theme in after.promoted else {})
    rows = [_row({"theme": theme}, int(own.sum()), len(own), detail)]
    names, place = np.unique(month, return_inverse=True)
    every, hit = np.bincount(place, minlength=len(names)), np.bincount(place, own, minlength=len(names))
    for name, n, hits in zip(names.tolist(), every.tolist(), hit.tolist(), strict=True):
        if name and n >= _FEW:
            rows.append(_row({"month": name, "theme": theme}, int(hits), n, {"formula": _FORMULA}))
    return rows


def _alone(heard: Heard, own: npt.NDArray[np.bool_], said: list[str]) -> list[str]:
    """Those of the words that half of all texts that say them say of this theme."""
    place = {word: at for at, word in enumerate(heard.spelled)}
    here = np.asarray(heard.said @ own.astype(float)).ravel()
    return [word for word in said if 2 * here[place[word]] >= heard.frequent[place[word]]]


def _name(heard: Heard, former: str, said: list[str]) -> str:
    """Its first words; the name it had while half of its words tell it still, and each is said by somebody."""
    had, now, known = (set(" ".join(each).replace(",", "").split()) for each in ([former], said, heard.spelled))
    stays = bool(had) and 2 * len(had & now) >= len(had) and had <= known
    return former if stays else ", ".join(said[:_NAMING])


def _row(by: dict[str, str], hits: int, n: int, detail: dict[str, Any]) -> dict[str, Any]:
    share = share_interval(hits, n)
    return {
        "id": ":".join(["theme", *by.values()]), "name": "theme", "by": list(by.items()),
        "value": float(share.value[0]), "low": float(share.low[0]), "high": float(share.high[0]), "n": n,
        "measured_in": "share of texts", "detail": json.dumps(detail, ensure_ascii=False), "maker": _MAKER,
    }  # fmt: skip


def _typical(heard: Heard, base: Grouped, own: npt.NDArray[np.bool_]) -> list[str]:
    """The ids of the texts that are surest of it; those of which nothing is named first."""
    places = np.flatnonzero(own)
    order = np.lexsort((places, -np.round(base.probability[places], 6), ~heard.whole[places]))
    return [heard.id[place] for place in places[order][:_SHOWN].tolist()]


def _growth(day: npt.NDArray[np.int64], own: npt.NDArray[np.bool_]) -> dict[str, Any] | None:
    """The share in the later half of the time over that in the earlier, with 95 % limits; None where undated."""
    dated = day >= 0
    if not dated.any() or day[dated].min() == day[dated].max():
        return None
    late = dated & (day > (day[dated].min() + day[dated].max()) / 2)
    early = dated & ~late
    found = relative((own & late).sum(), late.sum(), (own & early).sum(), early.sum())
    ratio, low, high = (round(float(each), 4) for each in (found.value, found.low, found.high))
    return {"ratio": ratio, "low": low, "high": high, "real": not low <= 1 <= high}


def _months(day: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    """The month of each day, as 2026-01; empty where there is none."""
    found = np.datetime_as_string(day.astype("datetime64[D]"), unit="M")
    return np.where(day >= 0, found, "")


def _links(heard: Heard, base: Grouped, after: Edited) -> pa.Table:
    own = np.flatnonzero((base.theme != "") & (after.theme != ""))
    left = pa.array([heard.id[at] for at in own.tolist()], TEXT)
    units = [heard.unit[at] for at in own.tolist()]
    reason = pc.binary_join_element_wise('{"found": "', pa.array(base.theme[own], TEXT), '"}', "")
    return pa.Table.from_arrays(
        [
            pc.binary_join_element_wise("theme", left, ":"), pa.repeat("theme", len(own)), left,
            pa.array(after.theme[own], TEXT), pa.array(base.probability[own]), reason,
            pa.array([[] if unit is None else [unit] for unit in units], LINK.field("about").type),
            pa.repeat(_MAKER, len(own)),
        ],
        schema=LINK,
    )  # fmt: skip


def _members(heard: Heard, base: Grouped, after: Edited) -> pa.Table:
    """One row for each text of a theme: `value` is the probability that it is of it."""
    own = np.flatnonzero(after.theme != "")
    rows = [
        {"id": f"theme:{heard.id[at]}", "name": "theme", "by": [("id", heard.id[at]), ("theme", after.theme[at])],
         "value": float(base.probability[at]), "n": 1, "measured_in": "probability", "detail": "{}", "maker": _MAKER}
        for at in own.tolist()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=METRIC)
