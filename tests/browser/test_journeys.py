"""The first day of each person the product is for, in the example brand, in a real browser.

Each leaves pictures in build/journeys, to be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import touchstone
from tests._doors import served
from tests.browser import _chromium
from touchstone.home import demo

PICTURES = Path(__file__).parents[2] / "build" / "journeys"
SMALL = {"interactions": "5000", "dealers": "8", "customers": "1200", "until": "2026-09-30"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A small example brand after its first journey, with its logins and the work begun in it."""
    folder = tmp_path_factory.mktemp("journeys") / "home"
    demo.build(str(folder), settings=SMALL, stage=lambda _, work: work())
    made = touchstone.open(folder)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def address(home: Any) -> Iterator[str]:
    """Where it is served."""
    with served(home) as found:
        yield found


class Someone:
    """A person at a browser: goes where links lead, presses buttons, and leaves pictures."""

    def __init__(self, browser: Browser, address: str, name: str, *, size: str = "desktop", **look: Any) -> None:
        self.address, self.name = address, name
        self.inside = browser.new_context(viewport=_chromium.SIZES[size], **look)  # type: ignore[arg-type]  # a plain dict
        self.page = self.inside.new_page()
        self.heard = _chromium.complaints(self.page)
        self._pictures = 0

    def signs_in(self, *, enter: str = "Sign in", leave: str = "Sign out") -> Page:
        """Fills in the sign-in page; returns the page it leads to."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.fill("[name=name]", f"{self.name}@example")
        self.page.fill("[name=password]", demo.PASSWORD)
        self.page.get_by_role("button", name=enter, exact=True).click()
        expect(self.page.get_by_role("button", name=leave)).to_be_visible()
        return self.page

    def follows(self, *names: str) -> None:
        """Links of the navigation, one after the other."""
        for name in names:
            self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).first.click()
            expect(self.page.locator("nav [aria-current]").last).to_be_visible()

    def presses(self, name: str, within: Locator | None = None) -> None:
        """A button, by what it says."""
        (within or self.page.locator("main")).get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def sees(self, text: str) -> None:
        """A text, somewhere on the page."""
        expect(self.page.locator("main")).to_contain_text(text)

    def looks(self, what: str) -> None:
        """Leaves a picture; nothing may stand beyond the window's edge, and the console is silent."""
        self._pictures += 1
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{self.name}-{self._pictures}-{what}.png", full_page=True)
        assert _chromium.overflow(self.page) <= 0, what
        assert self.heard == []


@pytest.fixture
def someone(browser: Browser, address: str) -> Iterator[Any]:
    """Makes a person of the example brand, by the name they sign in with."""
    made: list[Someone] = []

    def of(name: str, **look: Any) -> Someone:
        made.append(Someone(browser, address, name, **look))
        return made[-1]

    yield of
    for each in made:
        each.inside.close()


def test_who_leads_insight_learns_what_wins_and_loses_customers_and_how_sure_that_is(someone: Any) -> None:
    lead = someone("insight")
    page = lead.signs_in()
    expect(page.locator("h1")).to_contain_text(re.compile("Praise|complaint", re.IGNORECASE))
    page.locator(".card").first.click()
    expect(page.locator(".opened:popover-open")).to_contain_text("95 % interval")
    lead.looks("a-figure-opened")
    page.keyboard.press("Escape")
    lead.follows("Units")
    lead.sees("dealers")
    lead.follows("Findings")
    page.locator("main a[href*='name=drivers']").first.click()
    expect(page.locator("h1")).not_to_contain_text("measures have something to say")
    lead.looks("a-finding")
    lead.follows("Plans", "Budget")
    expect(page.locator("h1")).to_contain_text("customer equity")
    lead.looks("where-the-next-budget-goes")


def test_who_leads_the_contact_centre_answers_and_closes_the_loop(someone: Any) -> None:
    lead = someone("centre")
    page = lead.signs_in()
    lead.follows("Customers", "Inbox")
    lead.looks("inbox")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    lead.sees("What was said")
    lead.presses("Take")
    lead.sees("Taken by")
    page.locator("form[action$='message.note'] textarea").fill("Called them: they want the bill line by line.")
    lead.presses("Keep the note")
    lead.sees("they want the bill line by line")
    if page.get_by_role("button", name="Make a case of it").count():
        lead.presses("Make a case of it")
    lead.looks("conversation-with-its-case")
    page.locator("main a[href*='case?id']").first.click()
    lead.presses("Acknowledge")
    lead.sees("acknowledged")
    lead.presses("Make an idea of it")
    lead.sees("idea")
    lead.looks("case")
    lead.follows("Customers", "Advisers")
    lead.looks("advisers")


def test_a_dealer_sees_their_own_customers_and_what_is_asked_and_paid(someone: Any) -> None:
    dealer = someone("dealer")
    page = dealer.signs_in()
    dealer.looks("overview")
    dealer.follows("Plans", "Budget")
    expect(page.locator("h1")).to_contain_text(re.compile("pays|takes|nothing", re.IGNORECASE))
    dealer.looks("what-i-pay-and-get")
    dealer.follows("Customers", "Cases")
    page.locator("main a[href*='case?id']").first.click()
    page.locator("form[action$='case.promise'] [name=what]").fill("We call on Friday.")
    page.locator("form[action$='case.promise'] [name=by_when]").fill("2099-01-02T10:00")
    dealer.presses("Promise")
    dealer.sees("We call on Friday.")
    dealer.looks("a-promise")


def test_a_dealer_whose_browser_speaks_german_reads_answers_and_errs_in_german(someone: Any, address: str) -> None:
    dealer = someone("dealer", locale="de-DE")
    page = dealer.signs_in(enter="Anmelden", leave="Abmelden")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("h1")).to_contain_text("Kontaktpunkt")
    dealer.looks("overview-in-german")
    dealer.follows("Kunden", "Posteingang")
    expect(page.locator("h1")).to_contain_text("offen")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    dealer.sees("Was gesagt wurde")
    page.locator("form[action$='message.reply'] textarea").fill("Danke, wir rufen Sie morgen an.")
    page.locator("form[action$='message.reply']").get_by_role("button").last.click()
    dealer.sees("Danke, wir rufen Sie morgen an.")
    dealer.looks("an-answer-in-german")
    page.goto(f"{address}/account")
    page.locator("form[action$='account.password'] [name=old_password]").fill("falsch")
    page.locator("form[action$='account.password'] [name=password]").fill("vier Worte ohne jeden Bezug")
    dealer.presses("Ändern", page.locator("form[action$='account.password']"))
    dealer.sees("Das ist nicht Ihr Passwort")
    page.locator("#foot").get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_marketer_asks_and_learns_what_a_coupon_added(someone: Any) -> None:
    marketer = someone("marketing")
    page = marketer.signs_in()
    marketer.follows("Plans", "Offers")
    marketer.sees("What campaigns added")
    marketer.looks("offers")
    marketer.follows("Customers", "Word of mouth")
    marketer.looks("who-speaks-for-us")
    marketer.follows("Surveys")
    page.locator("form[action$='survey.make'] [name=touchpoint]").fill("parking")
    marketer.presses("Make")
    marketer.follows("Customers", "Surveys")
    page.locator("main a[href*='survey?id']").first.click()
    marketer.looks("survey")


def test_an_executive_takes_two_minutes_on_a_phone_in_the_dark(someone: Any) -> None:
    executive = someone("executive", size="phone", color_scheme="dark")
    page = executive.signs_in()
    executive.follows("This week")
    executive.sees("In their words")
    executive.looks("this-week")
    executive.follows("Plans", "Budget")
    page.locator("select[name=support]").select_option(index=1)
    expect(page.get_by_role("button", name="Make this the plan")).to_be_visible()
    executive.looks("another-budget")


def test_a_customer_says_something_and_finds_it_again(someone: Any, address: str) -> None:
    customer = someone("customer", size="phone")
    page = customer.signs_in()
    page.locator("form[action$='say'] textarea").fill("The waiting room smells of oil, the coffee is good.")
    customer.presses("Send it")
    customer.sees("The waiting room smells of oil")
    page.get_by_role("switch", name="A seat on the advisory panel").click()
    expect(page.get_by_role("switch", name="A seat on the advisory panel")).to_be_checked()
    customer.looks("my-page")
    with page.expect_download() as found:
        customer.presses("Download it")
    assert "smells of oil" in Path(found.value.path()).read_text("utf-8")
    for closed in ("overview", "inbox", "customers"):
        assert page.goto(f"{address}/{closed}").status == 403  # type: ignore[union-attr]  # there is an answer


def test_an_analyst_gets_the_same_figure_through_every_door(someone: Any, home: Any, address: str) -> None:
    analyst = someone("insight")
    page = analyst.signs_in()
    page.goto(f"{address}/account")
    page.locator("form[action$='key.make'] [name=label]").fill("notebook")
    analyst.presses("Make a key")
    key = page.locator(".once input").input_value()
    analyst.looks("a-key")
    asked = httpx.get(f"{address}/api/v1/measure/nps", headers={"Authorization": f"Bearer {key}"}).json()
    counted = home.measure("nps").to_pylist()
    assert [(each["value"], each["low"], each["n"]) for each in asked] == [
        (each["value"], each["low"], each["n"]) for each in counted
    ]
    page.goto(f"{address}/overview")
    card = page.locator(".card").filter(has_text="Would recommend").first
    expect(card).to_contain_text(f"{asked[0]['value']:+.0f}".replace("-", "\u2212"))
    assert httpx.get(f"{address}/api/v1/measure/nps").status_code == 401


def test_a_stranger_answers_a_survey_on_a_phone(browser: Browser, someone: Any, address: str) -> None:
    page = someone("marketing").signs_in()
    page.goto(f"{address}/surveys")
    page.locator("main a[href*='survey?id']").first.click()
    link = page.locator("main a[href*='/s/']").first.get_attribute("href")
    assert link
    stranger = Someone(browser, address, "stranger", size="phone", java_script_enabled=False)
    stranger.page.goto(f"{address}/s/{link.rsplit('/s/', 1)[1]}")
    stranger.page.locator("input[type=radio]").nth(3).check()
    stranger.looks("survey")
    stranger.page.locator("main, body").get_by_role("button").last.click()
    stranger.looks("thanks")
    stranger.inside.close()
