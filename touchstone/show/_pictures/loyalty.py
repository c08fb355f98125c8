"""The loyalty chain as a picture: from a step of satisfaction to money, experience beside coupons."""

from __future__ import annotations

from dataclasses import replace

from touchstone.core.page import Block, Estimate, Grid
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_CHAIN = {
    "retention": "stays",
    "spend": "spends",
    "share_of_wallet": "share of wallet",
    "premium": "pays more",
    "referrals": "refers others",
    "money": "all in money",
}


def picture(told: Told) -> Picture:
    """What makes up the money, for experience and coupons; then the chain link by link."""
    rows = sorted(told.by("of", "link"), key=_place)
    blocks: list[Block] = [
        _parts(
            told,
            each,
            {other.by["link"]: other.detail.get("real") for other in rows if other.by["of"] == each.by["of"]},
        )
        for each in rows
        if each.by["link"] == "money" and each.value is not None and each.detail.get("parts")
    ]
    blocks += [_chain(told, rows, "The chain, link by link")] if rows else []
    others = [each for each in told.rows if each.value is not None and each not in rows]
    blocks += [_chain(told, sorted(others, key=_place), "Of some of the customers")] if others else []
    return Picture(_sentence(told, rows), (*blocks, *_findings.warned(rows)))


def _place(figure: Figure) -> tuple[bool, str, int, str]:
    """Experience first, then link after link."""
    of, link = figure.by["of"], figure.by["link"]
    return of != "experience", of, list(_CHAIN).index(link) if link in _CHAIN else len(_CHAIN), link


def _parts(told: Told, figure: Figure, real: dict[str, bool | None]) -> Block:
    """The money of one cause: each link's part of it, as real as the link itself is; then all."""
    whole = replace(told.estimates([figure], middle=0.0)[0], label=_CHAIN["money"].capitalize())
    whole = replace(whole, real=figure.detail.get("real"))
    shown = [
        replace(
            whole,
            label=_say.named(_CHAIN.get(name, name)),
            real=real.get(name),
            **{end: each.get(end) for end in ("value", "low", "high")},
        )
        for name, each in figure.detail["parts"].items()
    ]
    title = (
        "What a step more of satisfaction goes with" if figure.by["of"] == "experience" else "What a coupon goes with"
    )
    lead = f"{figure.measured_in}, with 95 % intervals; an association, not what it would bring."
    return _forest.forest([*shown, whole], title=title, lead=lead)


def _chain(told: Told, rows: list[Figure], title: str) -> Grid:
    """Every link in its own unit; what bears no estimate says why."""
    cells = tuple(
        (_link(told, each), _say.named(each.by["of"]), _judged(told, each),
         each.measured_in, each.n)
        for each in rows
    )  # fmt: skip
    columns = ("", "with more", "figure", "measured in", "n")
    return Grid(title, "", columns, cells, folded=len(cells) > _findings.OPEN)


def _link(told: Told, figure: Figure) -> str:
    """The link in words, and whose it is where not everybody's."""
    whose = {key: value for key, value in figure.by.items() if key not in ("of", "link")}
    name = _CHAIN.get(figure.by["link"], figure.by["link"])
    return f"{told.label(replace(figure, by=whose))}: {name}" if whose else _say.named(name)


def _judged(told: Told, figure: Figure) -> Estimate:
    return replace(told.estimates([figure], middle=0.0)[0], real=figure.detail.get("real"))


def _sentence(told: Told, rows: list[Figure]) -> str:
    known = {each.by["link"]: each for each in rows if each.by["of"] == "experience" and each.value is not None}
    if not known:
        return "What a step more of satisfaction goes with is not known of all customers together."
    first = known.get("money") or next(iter(known.values()))
    shown = told.estimates([first], middle=0.0)[0]
    size = f"{_say.value(shown)} {first.measured_in.partition(' per ')[0]}"
    size = _say.value(shown) if "share" in first.measured_in else size
    limits = _say.bracketed(shown)
    periods = first.detail.get("horizon")
    over = f" over {_say.word(int(periods))} periods" if periods and first.by["link"] == "money" else ""
    link = "" if first.by["link"] == "money" else f" in “{_CHAIN.get(first.by['link'], first.by['link'])}”"
    doubt = "an association beyond chance" if first.detail.get("real") else "an association that could be chance"
    return f"One step more of satisfaction goes with {size}{over}{link}{limits}: {doubt}.{_told_alone(first, known)}"


def _told_alone(first: Figure, known: dict[str, Figure]) -> str:
    """Which links are beyond chance where the money that all make up could be."""
    if first.by["link"] != "money" or first.detail.get("real"):
        return ""
    names = [_CHAIN.get(name, name) for name, each in known.items() if each.detail.get("real")]
    if not names:
        return " So could each of its links."
    listed = _say.listed([f"“{name}”" for name in names])
    return f" Of its links {listed} {'is' if len(names) == 1 else 'are'} beyond chance."
