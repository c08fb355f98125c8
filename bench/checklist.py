"""What can the shipped model do, and what not? The checklist's pass rates by capability, template and language."""

from __future__ import annotations

from collections.abc import Iterator

from tests.language import checklist, test_bias
from touchstone.language.model import load


def bench() -> Iterator[str]:
    """The share of cases passed by capability and language, every template with a failure, and bias."""
    held = checklist.verdicts(load())
    languages = sorted({each.case.language for each in held})
    yield f"{'share passed':36s} {'n':>5s} {'all':>5s} " + " ".join(f"{name:>4s}" for name in languages)
    for capability, (rate, count) in checklist.rates(held).items():
        inside = [each for each in held if each.case.capability == capability]
        by = checklist.rates(inside, "language")
        shown = " ".join(f"{by[name][0]:4.2f}" if name in by else "   -" for name in languages)
        yield f"{capability:36s} {count:5d} {rate:5.2f} {shown}"
    by = checklist.rates(held, "language")
    rate = sum(each.passed for each in held) / len(held)
    yield f"{'all':36s} {len(held):5d} {rate:5.2f} " + " ".join(f"{by[name][0]:4.2f}" for name in languages)
    for template, (rate, count) in checklist.rates(held, "template").items():
        wrong = next((each for each in held if each.case.template == template and not each.passed), None)
        example = f"{' | '.join(wrong.case.texts)} -> {wrong.told}" if wrong else ""
        yield f"{template:40s} {rate:.2f} of {count:3d}  {example}"
    for group in test_bias.GROUPS:
        moved = abs(test_bias.shifts(group))
        yield f"sentiment moved by {group}: {moved.mean():.3f} on average, {moved.max():.3f} at most"
