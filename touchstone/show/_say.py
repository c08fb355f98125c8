"""Figures in words: numbers, intervals and doubt, as a person at a service desk would read them out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from touchstone.core import number as numbers
from touchstone.core.page import Estimate

number = numbers.said  # mails say it so too


def count(n: float) -> str:
    """A whole number with separated thousands: 14,820."""
    return numbers.minus(f"{n:,.0f}", signed=False)


def signed(estimate: Estimate) -> bool:
    """Whether its figures carry a sign: those whose scale reaches below nothing do."""
    return min(estimate.floor, estimate.ceiling) < 0


def value(estimate: Estimate) -> str:
    """The figure itself; without one, that there is none."""
    if estimate.value is None:
        return "no estimate"
    return number(estimate.value, measured_in=estimate.measured_in, signed=signed(estimate))


def interval(estimate: Estimate) -> str:
    """The 95 % interval: between +28 and +34. Empty where there is none."""
    between = limits(estimate)
    return f"between {between}" if between else ""


def bracketed(estimate: Estimate) -> str:
    """The 95 % interval as it follows a figure within a sentence: a blank and brackets. Empty where there is none."""
    between = interval(estimate)
    return f" ({between})" if between else ""


def limits(estimate: Estimate) -> str:
    """The ends of the 95 % interval: +28 and +34. Empty where there are none."""
    if estimate.low is None or estimate.high is None:
        return ""
    ends = (estimate.low, estimate.high)
    return " and ".join(number(end, measured_in=estimate.measured_in, signed=signed(estimate)) for end in ends)


def aloud(estimate: Estimate) -> str:
    """Everything a streak draws, as one line for a screen reader."""
    parts = [estimate.label, value(estimate), interval(estimate), basis(estimate)]
    if estimate.value is None and estimate.why:
        parts[2] = estimate.why
    return ", ".join(part for part in parts if part)


def basis(estimate: Estimate) -> str:
    """What a figure rests on, counted: 7,500 answers, 1 text, 2 days with a purchase."""
    noun, blank, rest = estimate.counted.partition(" ")
    return f"{count(estimate.n)} {noun.removesuffix('s') if estimate.n == 1 else noun}{blank}{rest}"


def listed(names: Sequence[str], *, most: int = 3) -> str:
    """Names as a list in a sentence: A, B and C; what is beyond `most` is counted."""
    shown = list(names[:most])
    if (rest := len(names) - len(shown)) > 0:
        shown.append(f"{rest} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def some(n: int, one: str, many: str) -> str:
    """A counted noun: 1 dealer, 1,200 dealers."""
    return f"{count(n)} {one if n == 1 else many}"


def scale(text: str) -> str:
    """A scale or unit of measurement with real dashes and minus signs: 1–5, −1 to 1."""
    return re.sub(r"(^| )-(?=\d)", r"\1−", re.sub(r"(?<=\d)-(?=\d)", "–", text))


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
ORDINALS = ("first", "second", "third", "fourth", "fifth")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def word(n: int) -> str:
    """A small number as a word."""
    return WORDS[n] if 0 <= n < len(WORDS) else count(n)


def none(n: int) -> str:
    """A small number as a word that can stand alone: none, one, two."""
    return word(n) if n else "none"


def sure(choices: Sequence[Estimate]) -> str:
    """How sure the order of a ranking is: the leading places whose intervals lie clear of the next one's."""
    clear = 0
    for first, second in pairwise(choices):
        if first.low is None or second.high is None or first.low <= second.high:
            break
        clear += 1
    if len(choices) < 2:
        return ""
    if clear == 0:
        return "The order of the first places is open: their intervals overlap."
    if clear >= len(choices) - 1:
        return "We are sure of the order."
    places = "the first" if clear == 1 else f"the first {word(clear)}"
    return f"We are sure of {places}, not of the {ORDINALS[min(clear, 4)]}."


def named(name: str) -> str:
    """A touchpoint's or stage's name as a heading: its first letter large."""
    return name[:1].upper() + name[1:].replace("_", " ")


def short(text: str, most: int = 90) -> str:
    """Words on one line, cut where they are longer."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 2]} …"


def period(name: str) -> str:
    """A period for people: 2026-10 is October 2026, 2026-Q3 the third quarter of 2026; others stay as they are."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})", name):
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}" if 1 <= int(found[2]) <= 12 else name
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", name):
        return f"{('first', 'second', 'third', 'fourth')[int(found[2]) - 1]} quarter of {found[1]}"
    return name


def inline(name: str) -> str:
    """A touchpoint's name within a sentence: small first letter, unless it is written as a name or in capitals."""
    first, rest = name[:1], name[1:]
    return name if rest[:1].isupper() or any(letter.isupper() for letter in rest) else first.lower() + rest


def plural(noun: str) -> str:
    """The plural of a unit's kind: dealers, branches, agencies."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
