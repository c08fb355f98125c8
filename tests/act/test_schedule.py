"""What is scheduled is done once per due time, as the account that scheduled it, with the rights it has then."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import touchstone
from touchstone.act.schedule import make
from touchstone.core.errors import Refused
from touchstone.store import accounts, tables
from touchstone.store._live_telling import schedule

NOON = datetime.fromisoformat("2026-11-23T12:30:00+00:00")  # a Monday
OPENED = {"name": "new@example.com", "role": "insight", "existing": "true"}


def home(folder: Path, **gap: float) -> Any:
    return touchstone.open(folder, taxonomy="auto_dealer", now=(NOON + timedelta(**gap)).isoformat())


def kept(made: Any) -> dict[str, Any]:
    (row,) = made.ask().record(sa.select(schedule))
    return dict(row)


def done(made: Any) -> int:
    rows = made.ask().record(sa.select(tables.activity.c.action).where(tables.activity.c.action == "schedule.do"))
    return len(rows)


def scheduled(made: Any, name: str = "analyst@example.com", role: str = "insight", **fields: Any) -> Any:
    made.act("account.open", name=name, role=role, existing=True)
    found = accounts.find(made.store, name=name)
    assert found is not None
    return make.act(made.store.as_viewer(found.viewer), **{"action": "alert.look"} | fields)


def test_it_is_done_once_when_it_is_due_and_what_was_missed_once(tmp_path: Path) -> None:
    scheduled(home(tmp_path), every="hour")
    assert home(tmp_path).act("schedule.do")["done"] == 0
    assert home(tmp_path, minutes=31).act("schedule.do")["done"] == 1
    assert home(tmp_path, minutes=40).act("schedule.do")["done"] == 0
    assert home(tmp_path, hours=9).act("schedule.do")["done"] == 1
    assert done(home(tmp_path)) == 2
    assert kept(home(tmp_path))["due_at"] == NOON + timedelta(hours=9, minutes=30)


def test_what_was_killed_half_way_is_not_done_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduled(home(tmp_path), every="hour")
    from touchstone.act.schedule import do

    class Killed(BaseException):
        """As if the machine lost its power."""

    def killed(*_: Any) -> str:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(do, "_outcome", killed)
        with pytest.raises(Killed):
            home(tmp_path, hours=1).act("schedule.do")
    assert home(tmp_path, hours=1).act("schedule.do")["done"] == 0
    assert kept(home(tmp_path))["outcome"] == "begun"
    assert home(tmp_path, hours=2).act("schedule.do")["done"] == 1


def test_an_error_is_kept_in_words_and_the_next_time_stands(tmp_path: Path) -> None:
    made = home(tmp_path)
    made.act("schedule.make", action="listen", fields={"source": "gone.csv"}, every="hour")
    assert home(tmp_path, hours=1).act("schedule.do")["failed"] == 1
    assert kept(made)["outcome"] not in ("", "done", "begun")
    assert kept(made)["due_at"] > NOON + timedelta(hours=1)


@pytest.mark.parametrize("closed", [True, False])
def test_it_ends_with_a_note_where_its_account_may_not_any_more(tmp_path: Path, closed: bool) -> None:
    made = home(tmp_path)
    scheduled(made, every="hour")
    if closed:
        made.act("account.close", name="analyst@example.com")
    else:
        with made.store.record.writing() as connection:
            connection.execute(tables.account.update().values(role="executive"))
    assert home(tmp_path, hours=1).act("schedule.do") == {"done": 0, "failed": 0, "ended": 1}
    assert ("closed" if closed else "may not do it") in kept(made)["reason"]
    assert done(made) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "fly"}, {"action": "schedule.make"}, {"action": "account.open", "fields": OPENED},
        {"action": "run", "fields": {"speed": "high"}}, {"action": "person.erase"}, {"every": "year"},
        {"zone": "Mars"}, {"action": "example", "fields": {"file": "/etc/passwd"}}, {"action": "outbox.send"},
    ],
)  # fmt: skip
def test_what_may_not_be_scheduled_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    made = home(tmp_path)
    with pytest.raises(Refused):
        scheduled(made, **{"fields": {}} | wrong)
    assert made.ask().record(sa.select(schedule)) == []


def test_another_ends_it_only_as_an_administrator(tmp_path: Path) -> None:
    made = home(tmp_path)
    id = scheduled(made)["schedule"]
    made.act("account.open", name="other@example.com", role="insight")
    other = accounts.find(made.store, name="other@example.com")
    assert other is not None
    from touchstone.act.schedule import end

    with pytest.raises(Refused, match="another's"):
        end.act(made.store.as_viewer(other.viewer), schedule=id)
    assert made.act("schedule.end", schedule=id) == {"schedule": id}
