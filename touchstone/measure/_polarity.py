"""What a machine's mistakes do to sentiment: the correction that the labels held apart at its teaching allow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.science.misclassification import Corrector, corrector

Floats = NDArray[np.float64]
Confusion = Mapping[str, Mapping[str, float]]
Bias = Mapping[str, Mapping[str, float]]
PLACE = {"positive": 0, "negative": 1, "neutral": 2, "mixed": 2}
"""Mixed and neutral mentions both count 0 and are one class."""
SCORES = np.array([1.0, -1.0, 0.0])


@dataclass(frozen=True)
class Polarity:
    """The points of each class of mention; `corrector` None: what was said is taken as it is."""

    corrector: Corrector | None
    labels: int = 0
    bias: Mapping[str, tuple[float, float]] | None = None  # touchpoint, or "" -> what to add, standard deviation

    @property
    def points(self) -> Floats:
        return SCORES if self.corrector is None else self.corrector.weights

    def doubt(self, group: Any, place: Any, n: Floats, *, size: int) -> Floats:
        """Per group the standard deviation that the labels leave, from rows of (group, class, count)."""
        if self.corrector is None:
            return np.zeros(size)
        table = np.bincount(group * 3 + place, weights=n, minlength=3 * size).reshape(size, 3)
        return self.corrector.doubt(table)

    @property
    def corrected(self) -> bool:
        return self.corrector is not None or any(add for add, _ in (self.bias or {}).values())

    def shift(self, touchpoints: list[str]) -> tuple[Floats, Floats]:
        """What to add to the figure of each touchpoint ("": of several together), and its standard deviation.

        A touchpoint without labels of its own is taken as the mean of those that have some, give or take their spread.
        """
        if not self.bias:
            return np.zeros(len(touchpoints)), np.zeros(len(touchpoints))
        own = np.array([each for name, each in self.bias.items() if name] or [self.bias[""]])
        middle, spread = self.bias.get("", (float(own[:, 0].mean()), 0.0)), float(own[:, 0].std())
        strange = (middle[0], float(np.hypot(middle[1], spread)))
        pairs = [self.bias.get(name, strange) if name else middle for name in touchpoints]
        return np.array([each[0] for each in pairs]), np.array([each[1] for each in pairs])


def polarity(ask: Ask, confusion: Confusion | str | None, bias: Bias | str | None = None) -> Polarity:
    """The points to use: corrected by `bias` or `confusion` where given, else by what is known of the reader.

    Best known are people's readings of this home's own texts, then what the shipped model says of itself.

    `confusion`: true class -> said class -> labels counted, or shares with how many as `n`; text is read as JSON;
    "none" leaves what was said as it is. `bias`: touchpoint ("" for all together) -> `bias` to add, its `deviation`.
    """
    if bias:
        return Polarity(None, bias=_read_bias(bias))
    if confusion == "none":
        return Polarity(None)
    if not confusion and (told := _of_readings(ask)):
        return Polarity(None, bias=told)
    if not confusion:
        return Polarity(None, bias=_of_model(ask))
    given = _read(confusion)
    table = np.zeros((3, 3))
    for true, said in given.items():
        shares = {name: float(share) for name, share in said.items() if name in PLACE}
        total = float(said.get("n", 0)) / max(sum(shares.values()), 1e-12) if "n" in said else 1.0
        for name, share in shares.items():
            table[PLACE[true], PLACE[name]] += share * total
    return Polarity(corrector(table, SCORES), round(float(table.sum())))


def _read(confusion: Confusion | str) -> Confusion:
    try:
        read = json.loads(confusion) if isinstance(confusion, str) else confusion
        bad = [name for name in read if name not in PLACE]
        numbers = [float(share) for said in read.values() for share in said.values()]
    except (ValueError, TypeError, AttributeError) as error:
        raise _refusal(f"cannot be read ({error})") from error
    if bad or any(each < 0 or not np.isfinite(each) for each in numbers):
        raise _refusal(f"knows no class {bad[0]!r}" if bad else "holds a negative count")
    known: Confusion = read
    return known


def _read_bias(bias: Bias | str) -> dict[str, tuple[float, float]]:
    form = '{"": {"bias": 0.1, "deviation": 0.02}, "parking": {…}}'
    try:
        read = json.loads(bias) if isinstance(bias, str) else bias
        pairs = {str(name): (float(each["bias"]), float(each["deviation"])) for name, each in read.items()}
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise Refused(f"the bias cannot be read ({error!r}).", field="bias", todo=f"Give {form}.") from error
    if not all(np.isfinite(each).all() and each[1] >= 0 for each in pairs.values()):
        raise Refused("the bias holds no finite number, or a deviation below 0.", field="bias", todo=f"Give {form}.")
    return pairs


def _of_readings(ask: Ask) -> dict[str, tuple[float, float]]:
    """What people's readings of this home's own texts said of the machine, where the journey has stored it."""
    sql = """select "by"['touchpoint'] as touchpoint, value, detail from metric where name = 'misreading' order by id"""
    rows = ask.lake(sql).to_pylist()
    return {row["touchpoint"] or "": (row["value"], json.loads(row["detail"])["deviation"]) for row in rows}


def _of_model(ask: Ask) -> dict[str, tuple[float, float]] | None:
    """How far the model that read is usually off on texts nobody here has labelled; None where it does not say.

    The figure is left as read: on which side a touchpoint is misread is not known, only how much touchpoints of one
    brand differ in that, on held-apart labelled sets. What they are off by together leaves their order alone.
    """
    made = ask.lake("SELECT maker FROM mention WHERE maker IS NOT NULL LIMIT 1")["maker"].to_pylist()
    if not made:
        return None
    version, deviation = _shipped()
    return {"": (0.0, deviation)} if deviation and made[0].partition("@")[2] == version else None


@cache
def _shipped() -> tuple[str, float]:
    """The shipped model's version, and how much what it misreads differs between touchpoints; read once a process."""
    from touchstone.language.model import SHIPPED, load  # only where there are mentions

    if not SHIPPED.exists():
        return "", 0.0
    model = load()
    return model.version, float(model.facts.get("misreading", {}).get("deviation", 0.0))


def _refusal(what: str) -> Refused:
    form = '{"positive": {"positive": 90, "negative": 4, "neutral": 6}, "negative": …, "neutral": …}'
    return Refused(f"the confusion {what}.", field="confusion", where="confusion", todo=f"Give counts like {form}.")
