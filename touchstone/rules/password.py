"""What makes a password acceptable: length above all (NIST SP 800-63B: no rules of composition, long ones welcome)."""

from __future__ import annotations

from itertools import pairwise

from touchstone.core.errors import Refused

SHORTEST, LONGEST = 12, 256


def check(password: str, *, email: str) -> None:
    """Nothing where `password` may protect the account of `email`; `Refused` beside the field `password` where not.

    Refused are passwords under 12 or over 256 characters, of fewer than five different characters, runs such as
    `123456789012`, and the name of the account or of the product written out.
    """
    plain = password.casefold()
    owner = email.casefold().partition("@")[0]
    if len(password) < SHORTEST:
        raise _refused(f"shorter than {SHORTEST} characters")
    if len(password) > LONGEST:
        raise _refused(f"longer than {LONGEST} characters")
    if len(set(plain)) < 5 or _is_run(plain):
        raise _refused("too easy to guess")
    if plain in (email.casefold(), owner * 2) or plain.replace("touchstone", "").strip("0123456789!?.-_ ") in (
        "",
        owner,
    ):
        raise _refused("made of the account's or the product's name")


def _is_run(text: str) -> bool:
    """Whether each character follows the one before by the same step, as in abcdef, 7890123 or 987654."""
    steps = {(ord(after) - ord(before)) for before, after in pairwise(text)}
    return len(steps - {-9, 9}) == 1 and next(iter(steps - {-9, 9})) in (-1, 0, 1)


def _refused(why: str) -> Refused:
    return Refused(f"this password is {why}.", field="password", todo="Use a few unrelated words.")
