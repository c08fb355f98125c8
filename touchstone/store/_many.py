"""Many values, asked for in statements that take few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")

MOST = 500
"""As many values as a statement takes in every database."""


def parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in their order, at most as many at once as a statement takes."""
    return (values[start : start + MOST] for start in range(0, len(values), MOST))
