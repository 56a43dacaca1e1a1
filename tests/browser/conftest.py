"""Debian's Chromium on a live server with a few days of sample data."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Without them Chromium asks its maker's hosts for things that no test needs.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# WCAG 2.2 AA and what axe-core advises. It checks the size of targets only when asked to.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOR = ["color-contrast", "link-in-text-block"]
FIRST, LAST = date(2024, 4, 18), date(2024, 4, 20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser of this test process. Skipped, and said so, where there is none; never in CI."""
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI must install chromium"
        pytest.skip("There is no chromium on this machine: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; nothing of Django runs on it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def sample_days(committed_db: None, public_reports: None, settings: object) -> None:
    """Three windy days around the halving."""
    call_command("load_sample", f"--from={FIRST}", f"--to={LAST}", stdout=StringIO())


@pytest.fixture
def open_context(chromium: Browser, live_server: Any) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser contexts; what they complain of, or ask of other hosts, fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_context(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        context.on("request", lambda request: refuse_others(request.url))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", note_errors)
        contexts.append(context)
        return context

    def note_errors(message: ConsoleMessage) -> None:
        # That an address was refused is told here too; tests that ask for one look at its page.
        is_refusal = message.text.startswith("Failed to load resource") and message.location[
            "url"
        ].startswith(f"{live_server.url}/reports/")
        if message.type == "error" and not is_refusal:
            complaints.append(message.text)

    def refuse_others(url: str) -> None:
        if not url.startswith((live_server.url, "data:", "blob:")):
            complaints.append(f"The page asked for {url}")

    yield open_context
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(sample_days: None, open_context: Callable[..., BrowserContext]) -> Page:
    """A page of 1280 x 900 in light colors."""
    return open_context(viewport={"width": 1280, "height": 900}).new_page()


def violations(page: Page) -> list[str]:
    """What axe-core finds with all details open, by rule and element; in dark only of colors."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.evaluate(Axe().axe_script)
    found = _run_axe(page, {"runOnly": STANDARDS, "rules": {"target-size": {"enabled": True}}})
    page.emulate_media(color_scheme="dark")
    found += _run_axe(page, {"runOnly": {"type": "rule", "values": RULES_OF_COLOR}})
    page.emulate_media(color_scheme="light")
    return found


def _run_axe(page: Page, options: dict[str, Any]) -> list[str]:
    options["resultTypes"] = ["violations"]
    rules = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in rules
        for node in rule["nodes"]
    ]


def save(page: Page, name: str) -> None:
    """Keeps a screenshot where SCREENSHOTS says, for the README and for looking at."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
