"""Reading reports with a browser, a keyboard, a phone, in the dark and on paper."""

import pytest

from tests.browser.conftest import save, violations

PAGES = {
    "overview": "/",
    "day": "/reports/daily/2024-04-20/",
    "month": "/reports/monthly/2024-04/",
    "year": "/reports/yearly/2024/",
}


def test_nothing_keeps_people_from_using_the_pages(page):
    for name, address in PAGES.items():
        page.goto(address)
        save(page, name)
        assert violations(page) == [], name
        page.emulate_media(color_scheme="dark")
        assert violations(page) == [], f"{name}, dark"
        page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("width", [360, 2560])
def test_pages_fit_narrow_and_wide_windows(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for name, address in PAGES.items():
        page.goto(address)
        save(page, f"{name}-{width}")
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px too wide"


def test_a_reader_chooses_a_miner_and_a_definition(page):
    page.goto("/reports/daily/2024-04-20/")
    page.get_by_role("combobox", name="Miner").select_option(label="Antminer S9")
    page.get_by_role("combobox", name="Definition").select_option(label="All bids")
    page.get_by_role("button", name="Show").click()
    assert "miner=S9" in page.url
    assert "definition=all" in page.url
    assert page.get_by_text("Antminer S9").first.is_visible()


def test_a_reader_goes_up_down_and_sideways(page):
    page.goto("/reports/yearly/2024/")
    page.get_by_role("link", name="April 2024").first.click()
    page.get_by_role("link", name="20 April 2024").first.click()
    assert page.url.endswith("/reports/daily/2024-04-20/")
    page.get_by_role("link", name="19 April 2024").click()
    assert page.url.endswith("/reports/daily/2024-04-19/")


def test_the_keyboard_alone_is_enough(page):
    page.goto("/reports/daily/2024-04-20/")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.textContent.trim()")
    assert focused.lower().startswith("skip"), "the first stop leads past the menu"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


def test_a_report_prints_on_paper_without_the_menu(page):
    page.goto("/reports/daily/2024-04-20/")
    assert len(page.pdf(format="A4")) > 10_000
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").first.is_visible()
