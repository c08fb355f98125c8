"""A real browser, headless: its flags, and what it complained of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests._brand import PASSWORDS

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@contextmanager
def started(path: str) -> Iterator[Browser]:
    """The browser at `path`, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def signed_in(inside: BrowserContext, address: str, *, button: str = "Sign in") -> Page:
    """A page of the application at `address`, an insider signed in by the `button` in the browser's language."""
    page = inside.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=name]", "board@example")
    page.fill("[name=password]", PASSWORDS["board@example"])
    page.get_by_role("button", name=button).click()
    expect(page.locator("h1")).to_be_visible()
    return page


def complaints(page: Page) -> list[str]:
    """What the page's console says of errors and warnings from now on, and every request that leaves the machine."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))

    def asked(url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "file:", "data:", "about:", "blob:")):
            heard.append(f"asked for {url}")

    page.on("request", lambda request: asked(request.url))
    return heard


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    made: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return made


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, and its own best practice."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
