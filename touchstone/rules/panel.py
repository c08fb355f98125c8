"""Who of the advisory panel is asked: a simple random sample, the same for the same seed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256

from touchstone.core.errors import Refused

MOST = 5_000
"""Members asked at once."""


def drawn(
    members: Iterable[str], free: Collection[str], before: Collection[str], *, sample: int, seed: str
) -> list[str]:
    """Of `members` those drawn: who was drawn `before` stays, and the `free` first in the order of the lot fill up to
    `sample`. `Refused` where that is no number of people.
    """
    if not 1 <= sample <= MOST:
        raise Refused(f"1 to {MOST:,} members.", field="sample", todo="Write how many are to be asked.")
    known = list(members)
    held = [each for each in known if each in before]
    rest = sorted((each for each in known if each in free and each not in before), key=lambda each: _lot(seed, each))
    return [*held, *rest[: max(0, sample - len(held))]]


def _lot(seed: str, member: str) -> bytes:
    return sha256(f"{seed}:{member}".encode()).digest()
