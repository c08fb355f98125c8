"""What is said on a command line, read strictly: what does not read is Refused, as everywhere."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from touchstone.core.errors import Refused


class Parser(argparse.ArgumentParser):
    """An argument parser that raises Refused instead of leaving the program."""

    def error(self, message: str) -> NoReturn:
        """Refused, with argparse's own words."""
        raise Refused(f"{message}.", todo=f"See {self.prog} --help.")


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """Each `name=value` of `texts`; Refused where one is none, or a name is said twice."""
    found: dict[str, str] = {}
    for text in texts:
        name, said, value = text.partition("=")
        if not said:
            raise Refused(f"{text!r} is not name=value.", field=text, todo="Write it as name=value.")
        if name in found:
            raise Refused(f"{name} is said twice.", field=name, todo="Say it once.")
        found[name] = value
    return found
