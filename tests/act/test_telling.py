"""People are alerted once, by day, of what is beyond chance; the weekly mail comes once and ends with one click."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

import touchstone
from tests._doors import served
from touchstone.act import _letter
from touchstone.core.errors import Refused
from touchstone.core.page import Estimate
from touchstone.core.viewer import Viewer
from touchstone.show import _say
from touchstone.store import accounts, telling
from touchstone.store._live_outbox import outbox
from touchstone.store._live_telling import alert, rule

NOON = "2026-11-23T12:00:00+00:00"  # a Monday
SETTINGS = {"mail_from": "Example Motors <cx@example.com>", "address": "https://cx.example.com"}
UNITS = [{"id": "north", "name": "Dealer North", "kind": "dealer"}, {"id": "south", "name": "South", "kind": "dealer"}]


def home(folder: Path, now: str = NOON) -> Any:
    return touchstone.open(folder, taxonomy="auto_dealer", now=now, **SETTINGS)


def later(folder: Path, **gap: float) -> Any:
    return home(folder, (datetime.fromisoformat(NOON) + timedelta(**gap)).isoformat())


def heard(made: Any, rating: float, *, count: int = 300, name: str = "first", unit: str = "north") -> None:
    rows = [
        {
            "source": name, "source_id": f"{unit}{n}", "kind": "review", "metric": "rating", "value": rating + n % 2,
            "worst": 1.0, "best": 5.0, "unit": unit, "person": f"p{n}", "occurred_at": made.store.now,
            "text": f"The waiting was long, {name} {n}.",
        }
        for n in range(count)
    ]  # fmt: skip
    made.store.append([rows])
    made.store.derive()


def unhappy(folder: Path, **fields: Any) -> Any:
    """A home whose customers are not pleased, and its rule."""
    made = home(folder)
    made.store.put("unit", UNITS)
    heard(made, 1.0)
    made.act("rule.make", **{"measure": "rating", "below": 3.0, "to": "chief@example.com", "quiet": ""} | fields)
    return made


def kept(made: Any, table: Any) -> list[dict[str, Any]]:
    return list(made.ask().record(sa.select(table)))


def account(made: Any, name: str, role: str, *units: str) -> Viewer:
    made.act("account.open", name=name, role=role, units=units, existing=True)
    found = accounts.find(made.store, name=name)
    assert found is not None
    return found.viewer


def test_one_alert_is_told_of_a_finding_until_it_is_over(tmp_path: Path) -> None:
    made = unhappy(tmp_path)
    assert made.act("alert.look") == {"raised": 1, "over": 0, "told": 1}
    assert made.act("alert.look") == {"raised": 0, "over": 0, "told": 0}
    heard(made, 1.0, name="second")
    assert made.act("alert.look")["raised"] == 0
    heard(made, 4.0, name="third", count=3000)
    assert made.act("alert.look")["over"] == 1
    (mail,) = kept(made, outbox)
    assert mail["subject"].startswith("Rating is below 3: 1.50 (between ")
    assert "at every look" in mail["text"]


def test_an_alert_names_the_unit_as_people_do_in_the_language_of_its_reader(tmp_path: Path) -> None:
    made = home(tmp_path)
    made.store.put("unit", UNITS)
    heard(made, 1.0)
    chief = made.store.as_viewer(account(made, "chief@example.com", "insight"))
    from touchstone.act.account import language
    from touchstone.act.rule import make

    language.act(chief, language="de")
    make.act(chief, measure="rating", below=2.5, by=["unit"], quiet="")
    assert made.act("alert.look")["told"] == 1
    (mail,) = kept(made, outbox)
    assert mail["subject"].startswith("Dealer North: Bewertung liegt unter 2,5: 1,50 (zwischen ")


def test_a_figure_in_a_mail_reads_as_on_its_page() -> None:
    figure = Estimate("", 14.06, 13.51, 14.6, 120, "points of the overall score, 0-100", floor=0.0)
    assert _letter.told(figure) == f"{_say.value(figure)} ({_say.interval(figure)}, 120 answers)"


def test_a_figure_whose_interval_reaches_over_the_threshold_is_not_told(tmp_path: Path) -> None:
    made = home(tmp_path)
    heard(made, 1.0, count=6)
    looked = made.act("rule.make", measure="rating", below=2.0, to="chief@example.com")
    assert (looked["looks_at"], looked["beyond"]) == (1, 0)
    assert made.act("alert.look")["raised"] == 0


def test_at_night_it_waits_for_the_morning_of_its_reader(tmp_path: Path) -> None:
    made = unhappy(tmp_path, quiet="20-7", zone="Pacific/Auckland")  # one o'clock in the night there
    made.act("alert.look")
    assert kept(made, outbox)[0]["due_at"].isoformat() == "2026-11-23T18:00:00+00:00"


def test_what_is_too_much_for_a_day_comes_together_the_next(tmp_path: Path) -> None:
    made = home(tmp_path)
    for unit in ("north", "south", "west"):
        heard(made, 1.0, unit=unit)
    made.act("rule.make", measure="rating", below=3.0, by=["unit"], to="chief@example.com", most=1, quiet="")
    assert made.act("alert.look") == {"raised": 3, "over": 0, "told": 1}
    assert later(tmp_path, hours=8).act("alert.look")["told"] == 0
    assert later(tmp_path, hours=20).act("alert.look")["told"] == 2
    first, later_on = sorted((row["subject"] for row in kept(made, outbox)), reverse=True)
    assert "Rating is below 3" in first
    assert later_on.startswith("2 alerts")


def test_an_alert_nobody_needs_raises_its_bar_and_that_can_be_taken_back(tmp_path: Path) -> None:
    made = unhappy(tmp_path)
    made.act("alert.look")
    id = kept(made, alert)[0]["id"]
    assert made.act("alert.seen", alert=id, useful=False)["raised"] == 1
    assert made.act("alert.seen", alert=id, useful=False)["raised"] == 1
    assert made.act("alert.seen", alert=id, useful=True)["raised"] == 0


def test_a_muted_rule_tells_nobody_until_its_days_are_over(tmp_path: Path) -> None:
    made = unhappy(tmp_path)
    made.act("alert.mute", rule=kept(made, rule)[0]["id"], reason="The new till.", days=2)
    assert made.act("alert.look") == {"raised": 1, "over": 0, "told": 0}
    assert "muted until 2026-11-25: The new till." in str(made.page("alerts"))
    assert later(tmp_path, days=3).act("alert.look")["told"] == 1


def test_new_urgent_words_are_told_once_with_one_customers_words_that_go_with_them(tmp_path: Path) -> None:
    made = home(tmp_path)
    made.act("rule.make", measure="words", says="urgent", to="desk@example.com", quiet="")
    heard(made, 1.0, count=2)
    ids = made.ask().lake("select id from interaction order by id")["id"].to_pylist()
    signal = {"layer": "urgency", "label": "urgent", "score": 1.0, "maker": "test@1"}
    made.store.extend("signal", "test@1", [{"id": id, "interaction": id, **signal} for id in ids], 2)
    assert made.act("alert.look")["told"] == 1
    assert made.act("alert.look")["told"] == 0
    (mail,) = kept(made, outbox)
    assert "“The waiting was long, first" in mail["text"]
    made.act("person.erase", person=mail["person"])
    assert kept(made, outbox) == []


def test_a_partner_is_told_of_their_own_customers_and_sees_their_own_rules(tmp_path: Path) -> None:
    made = unhappy(tmp_path)
    heard(made, 4.0, unit="south")
    south = made.store.as_viewer(account(made, "south@example.com", "partner_administrator", "south"))
    from touchstone.act.rule import make

    looked = make.act(south, measure="rating", below=3.0)
    assert (looked["looks_at"], looked["beyond"]) == (1, 0)
    assert [row["rule"] for row in made.ask(south.viewer).record(sa.select(rule.c.id.label("rule")))] == [
        looked["rule"]
    ]
    with pytest.raises(Refused, match="go to themselves"):
        make.act(south, measure="rating", below=3.0, to="rival@example.com")
    with pytest.raises(Refused, match="no such rule"):
        telling.theirs(south, "rule", next(row["id"] for row in kept(made, rule) if row["unit"] is None))


def test_a_rule_that_ended_stands_again_when_it_is_made_again(tmp_path: Path) -> None:
    made = unhappy(tmp_path)
    made.act("alert.look")
    made.act("rule.end", rule=kept(made, rule)[0]["id"], reason="The season is over.")
    assert kept(made, alert)[0]["over_at"] is not None
    made.act("rule.make", measure="rating", below=3.0, to="chief@example.com", quiet="")
    assert kept(made, rule)[0]["ended_at"] is None
    assert later(tmp_path, hours=1).act("alert.look")["raised"] == 1


def test_a_rule_of_a_closed_account_ends(tmp_path: Path) -> None:
    made = home(tmp_path)
    heard(made, 1.0)
    from touchstone.act.rule import make

    make.act(made.store.as_viewer(account(made, "leaver@example.com", "insight")), measure="rating", below=3.0)
    made.act("account.close", name="leaver@example.com")
    assert made.act("alert.look")["raised"] == 0
    assert kept(made, rule)[0]["reason"] == "the account is closed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "happiness", "below": 3.0}, {"measure": "rating"}, {"measure": "rating", "below": 1, "above": 2},
        {"measure": "words"}, {"measure": "rating", "below": 3.0, "to": "nobody"},
        {"measure": "rating", "below": 3.0, "to": "a@b\nBcc: c@d"},
        {"measure": "rating", "below": 3.0, "to": "https://[::1/"},
        {"measure": "rating", "below": 3.0, "to": "https://hooks.example:99999/"},
        {"measure": "rating", "below": 3.0, "to": "https://h\u00f6oks.example/"},
        {"measure": "rating", "below": 3.0, "to": "https://name:password@hooks.example/"},
        {"measure": "rating", "below": 3.0, "where": "1=1;"},
        {"measure": "rating", "below": 3.0, "quiet": "late"}, {"measure": "rating", "below": 3.0, "zone": "Mars"},
        {"measure": "rating", "below": 3.0, "by": ["shoe size"]}, {"measure": "rating", "below": 3.0, "most": 0},
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused_by_day(tmp_path: Path, wrong: dict[str, Any]) -> None:
    made = home(tmp_path)
    with pytest.raises(Refused):
        made.act("rule.make", **{"to": "chief@example.com"} | wrong)
    assert kept(made, rule) == []


def test_the_weekly_mail_comes_once_in_the_hour_it_was_asked_for_and_ends_with_one_click(tmp_path: Path) -> None:
    made = unhappy(tmp_path)
    account(made, "board@example.com", "executive")
    made.act("subscription.make", account="board@example.com", weekday="tuesday", hour=7, zone="Europe/Berlin")
    assert made.act("digest.send") == {"sent": 0}
    assert later(tmp_path, hours=17.9).act("digest.send") == {"sent": 0}
    tuesday = later(tmp_path, hours=18.5)
    assert tuesday.act("digest.send") == {"sent": 1}
    assert tuesday.act("digest.send") == {"sent": 0}
    (mail,) = kept(made, outbox)
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["text"].startswith("Nothing changed this week beyond what chance explains.")
    assert "The waiting was long" in mail["text"]
    assert not [each for each in ("<img", "<table", "<script", "src=", "url(") if each in mail["html"]]
    link = mail["headers"]["List-Unsubscribe"].strip("<>").removeprefix("https://cx.example.com")
    with served(made) as address, httpx.Client(base_url=address, trust_env=False) as anyone:
        assert "No more of these mails" in anyone.get(link).text
        assert later(tmp_path, days=8).act("digest.send") == {"sent": 1}  # looking alone ends nothing
        assert anyone.post(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 404
        answer = anyone.post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers or "account" not in answer.headers["set-cookie"]
    assert later(tmp_path, days=15).act("digest.send") == {"sent": 0}


def test_hostile_words_stay_words_in_a_mail(tmp_path: Path) -> None:
    made = home(tmp_path)
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    made.act("receive", interactions=[{"source": "letters", "source_id": "1", "text": hostile, "person": "eve"}])
    made.store.derive()
    account(made, "board@example.com", "executive")
    made.act("subscription.make", account="board@example.com", weekday="tuesday", hour=7)
    later(tmp_path, days=1).act("digest.send")
    (mail,) = kept(made, outbox)
    assert "<script" not in mail["html"]
    assert "<img" not in mail["html"]
    made.act("person.erase", person="eve")
    assert kept(made, outbox) == []


def test_only_an_administrator_subscribes_others(tmp_path: Path) -> None:
    made = home(tmp_path)
    account(made, "board@example.com", "executive")
    from touchstone.act.subscription import make

    colleague = made.store.as_viewer(account(made, "analyst@example.com", "insight"))
    with pytest.raises(Refused, match="no such account"):
        make.act(colleague, account="board@example.com")
    assert make.act(colleague)["subscription"]
