"""How people type: small letters, missing stops, slips of the finger, shouting, little pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Draw = Callable[[], float]
ENDINGS = (" 👍", " 😡", " 🙄", " :)", " :(", " 😀", "!!!", " 🚗", " ;-)", " 🤷", " ...", " 👏")
KEYS = "qwertyuiopasdfghjklzxcvbnm"
SHORTHAND = {
    " because ": " bc ", " you ": " u ", " your ": " ur ", " and ": " & ", " with ": " w/ ", " though ": " tho ",
    " people ": " ppl ", " thanks ": " thx ", " before ": " b4 ", " really ": " rly ", " que ": " q ", " pour ": " pr ",
    " beaucoup ": " bcp ", " toujours ": " tjs ", " por ": " x ", " también ": " tb ",
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """One writer's habits in one text; `slips` is the chance that a piece holds a slip."""

    small: bool = False
    bare: bool = False
    loud: bool = False
    shorthand: bool = False
    slips: float = 0.0
    ending: str = ""


PLAIN = Style()


def draw_style(draw: Draw) -> Style:
    """Most write plainly; the others in ways of their own."""
    if draw() < 0.42:
        return PLAIN
    chance = draw()
    return Style(
        small=chance < 0.24,
        bare=chance < 0.12,
        loud=chance > 0.985,
        shorthand=0.2 < chance < 0.3,
        slips=0.0 if chance > 0.75 else 0.08 if chance > 0.4 else 0.3,
        ending=ENDINGS[int(draw() * len(ENDINGS))] if draw() < 0.14 else "",
    )


def spoil(text: str, style: Style, draw: Draw) -> str:
    """The piece as this writer types it."""
    if style is PLAIN:
        return text
    if style.bare and text in (". ", "! ", "!! ", "... "):
        return " "
    if style.slips and len(text) > 6 and draw() < style.slips:
        text = _slip(text, draw)
    if style.shorthand:
        for long, short in SHORTHAND.items():
            text = text.replace(long, short)
    if style.small:
        return text.lower()
    return text.upper() if style.loud else text


def _slip(text: str, draw: Draw) -> str:
    """One letter lost, doubled, swapped or next to the one meant."""
    at = 1 + int(draw() * (len(text) - 3))
    if not (text[at].isalpha() and text[at + 1].isalpha()):
        return text
    chance = draw()
    if chance < 0.3:
        return text[:at] + text[at + 1 :]
    if chance < 0.55:
        return text[:at] + text[at] + text[at:]
    if chance < 0.8:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + KEYS[int(draw() * 26)] + text[at + 1 :]
