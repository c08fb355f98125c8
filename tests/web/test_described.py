"""Whatever the interface says it takes, and whatever it does not: nothing breaks, and an outsider gets nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests import _brand
from tests._doors import basic, served

EXAMPLES = 2  # of each operation and mode: the same every time
LONG = ("/api/v1/act/run",)  # the whole journey: seconds each time, and others walk it
pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # numbers beyond measure are not what breaks a door
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A home of a dozen voices of its own: what is done to it may be anything."""
    home = _brand.empty(tmp_path_factory.mktemp("described") / "home")
    home.store.append([_brand.voices()[:12]])
    home.store.derive()
    with served(home) as where:
        yield where


@pytest.fixture(scope="module")
def operations(address: str) -> list[Any]:
    """Every operation that the interface describes, but for the longest."""
    document = requests.get(f"{address}/api/v1/openapi.json", headers=basic("board@example"), timeout=60).json()
    described = schemathesis.openapi.from_dict(document).get_all_operations()
    found = [each.ok() for each in described if isinstance(each, Ok)]
    return [each for each in found if each.path not in LONG]


Answers = Counter[tuple[str, int]]
"""How often each operation answered with which status."""


@pytest.fixture(scope="module")
def answers(operations: list[Any], address: str) -> dict[str, Answers]:
    """What each of two people is answered; to draw what is sent takes longest, so both send what was drawn once."""
    seen: dict[str, Answers] = {name: Counter() for name in ("board@example", "nobody@example")}
    with requests.Session() as session:
        session.trust_env = False
        for operation in operations:
            for mode in GenerationMode:
                for case in drawn(operation, mode):
                    for name, heard in seen.items():
                        answer = case.call(base_url=address, session=session, timeout=120, headers=basic(name))
                        heard[operation.path, answer.status_code] += 1
    return seen


def drawn(operation: Any, mode: GenerationMode) -> list[Any]:
    """Examples of one operation drawn for a mode: what the description allows, or what it does not."""
    cases = []

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
              suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
    @given(case=operation.as_strategy(mode))
    def draw(case: Any) -> None:
        cases.append(case)

    draw()
    return cases


def test_nothing_an_administrator_sends_breaks_anything(answers: dict[str, Answers], address: str) -> None:
    seen = answers["board@example"]
    assert [each for each in seen if each[1] >= 500 and each[1] != 503] == []
    assert {200, 422} <= {status for _, status in seen}
    assert len({path for path, _ in seen}) > 120
    again = requests.get(f"{address}/api/v1/pages/overview", headers=basic("board@example"), timeout=60)
    assert again.status_code == 200  # and the home stands


def test_an_outsider_gets_nothing_whatever_they_send(answers: dict[str, Answers]) -> None:
    assert {status for _, status in answers["nobody@example"]} == {403}


@pytest.mark.parametrize("days", [10**11, -(10**11), 10**30])
def test_a_number_nobody_can_compute_with_is_told(address: str, days: int) -> None:
    answer = requests.get(f"{address}/api/v1/decide/route", params={"days": str(days)}, headers=basic("board@example"),
                          timeout=60)  # fmt: skip
    assert answer.status_code == 422
    assert "smaller" in answer.json()["todo"]
