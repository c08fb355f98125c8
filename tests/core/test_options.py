"""What is said on a command line, and how the command ends where it does not read."""

from __future__ import annotations

import pytest

from touchstone.cli import main
from touchstone.core.errors import Refused
from touchstone.core.options import pairs


def test_pairs_are_split_at_the_first_equals_sign() -> None:
    assert pairs(["text=answer", "note=a=b", "empty="]) == {"text": "answer", "note": "a=b", "empty": ""}


def test_a_pair_without_a_value_and_a_name_said_twice_are_refused() -> None:
    with pytest.raises(Refused, match="not name=value"):
        pairs(["text"])
    with pytest.raises(Refused, match="value is said twice"):
        pairs(["value=score", "value=points"])


@pytest.mark.parametrize(
    "said", [[], ["measur"], ["measure", "nps", "--format", "xml"], ["measure", "--bogus"], ["init"]]
)
def test_a_command_that_does_not_read_ends_as_refused(said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(said) == Refused.exit_code
    told = capsys.readouterr()
    assert told.err.startswith("touchstone: ")
    assert "--help" in told.err
    assert not told.out
