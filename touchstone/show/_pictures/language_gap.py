"""The language gap as a picture: the customers' words on one side, the brand's on the other."""

from __future__ import annotations

from touchstone.core.page import Block, Estimate, Grid
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_EACH = 10  # words of a side that the chart shows
_LISTED = 5  # words of a side told of each touchpoint


def picture(told: Told) -> Picture:
    """The words of the whole brand on two sides of a line, then each level's as a table."""
    whole = [each for each in told.by("side", "word") if each.value is not None and each.detail.get("real")]
    sides = {side: _surest([each for each in whole if each.by["side"] == side]) for side in ("customers", "brand")}
    lines = [_line(told, each) for side in sides.values() for each in side[:_EACH]]
    blocks: list[Block] = []
    if lines:
        lead = (
            "Right of the line: what customers say and the brand does not; left: the reverse. Log-odds, 95 % intervals."
        )
        blocks.append(_forest.forest(lines, title="Words of one side alone", lead=lead))
    blocks += _by_touchpoint(told)
    levels = [each for each in told.by("level", "side", "word") if each.value is not None and each.detail.get("real")]
    blocks += [_findings.table(told, _surest(levels))] if levels else []
    return Picture(_sentence(sides), tuple(blocks))


def _by_touchpoint(told: Told) -> list[Block]:
    """Of each touchpoint that both speak of, the words of the one side and of the other."""
    found: dict[str, dict[str, list[Figure]]] = {}
    for each in told.by("touchpoint", "side", "word"):
        if each.value is not None:
            found.setdefault(each.by["touchpoint"], {}).setdefault(each.by["side"], []).append(each)
    both = {name: sides for name, sides in sorted(found.items()) if len(sides) == 2}
    if not both:
        return []
    cells = tuple(
        (_say.named(name), _words(sides["customers"]), _words(sides["brand"]), _texts(sides))
        for name, sides in both.items()
    )
    lead = "What is said of the touchpoint itself. In brackets: it could be chance."
    columns = ("touchpoint", "customers say", "the brand says", "texts of customers, of the brand")
    return [Grid("Where customers say one thing and the brand another", lead, columns, cells)]


def _words(rows: list[Figure]) -> str:
    """The leading words of one side: those that are real first, and of these everyday words last."""
    order = sorted(_surest(rows), key=lambda each: (not each.detail.get("real"), bool(each.detail.get("everyday"))))
    told = [(each.by["word"], each.detail.get("real")) for each in order[:_LISTED]]
    return ", ".join(word if real else f"({word})" for word, real in told)


def _texts(sides: dict[str, list[Figure]]) -> str:
    texts = sides["customers"][0].detail["texts"]
    return f"{_say.count(texts['customers'])}, {_say.count(texts['brand'])}"


def _surest(rows: list[Figure]) -> list[Figure]:
    return sorted(rows, key=lambda each: (-float(each.detail.get("z") or 0.0), each.by["word"]))


def _line(told: Told, figure: Figure) -> Estimate:
    """The word as a line; the brand's point to the left."""
    shown = told.estimates([figure], middle=0.0)[0]
    own = {**vars(shown), "label": f"“{figure.by['word']}”", "real": True}
    if figure.by["side"] == "brand":
        value, low, high = (None if each is None else -each for each in (shown.value, shown.high, shown.low))
        own |= {"value": value, "low": low, "high": high}
    return Estimate(**own)


def _sentence(sides: dict[str, list[Figure]]) -> str:
    said = {side: _say.listed([f"“{each.by['word']}”" for each in rows[:3]]) for side, rows in sides.items() if rows}
    if not said:
        return "No word is told from chance as one side’s alone."
    parts = [f"customers say {said['customers']}, the brand does not"] if "customers" in said else []
    parts += [f"the brand says {said['brand']}, customers do not"] if "brand" in said else []
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]} (beyond what chance explains)."
