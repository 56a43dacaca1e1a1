"""Reading reports with a browser, a keyboard, a phone, in the dark and on paper."""

import re

import pytest

from tests.browser.conftest import save, violations

PAGES = {
    "reports": {
        "overview": "/",
        "day": "/reports/daily/2024-04-20/",
        "month": "/reports/monthly/2024-04/",
        "year": "/reports/yearly/2024/",
    },
    "units": {
        "farms": "/farms/",
        "farm": "/farms/T_SGRWO-1/",
        "companies": "/lead-parties/",
        "company": "/lead-parties/detail/?name=Seagreen%20Wind%20Energy%20Limited",
        "miners": "/compare/miners/?period=2024-04",
        "compared": "/compare/farms/?farm=T_SGRWO-1&farm=T_MOWEO-1",
    },
    "others": {
        "status": "/status/",
        "not-ingested": "/reports/daily/2024-01-05/",
        "not-found": "/reports/daily/2024-02-30/",
        "bad-choice": "/reports/monthly/2024-04/?definition=most",
        "sign-in": "/accounts/login/?next=/",
    },
}


@pytest.mark.parametrize("group", PAGES)
def test_nothing_keeps_people_from_using_the_pages(page, group):
    """Axe-core finds nothing in light and dark, and no window is too narrow or too wide."""
    for name, address in PAGES[group].items():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        save(page, name)
        assert violations(page) == [], name
        for width in (360, 2560):
            page.set_viewport_size({"width": width, "height": 800})
            save(page, f"{name}-{width}")
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{name} is {overflow} px too wide at {width} px"


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
    page.get_by_role("link", name="April 2024", exact=True).first.click()
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


def test_a_mark_is_read_out_under_the_pointer_and_by_keys(page):
    page.goto("/reports/daily/2024-04-20/")
    chart = page.locator("figure.chart").first
    tip = chart.locator(".tip")
    chart.locator("svg").hover()
    assert "MWh" in tip.inner_text()
    page.keyboard.press("Tab")
    chart.locator("svg").focus()
    page.keyboard.press("Home")
    first = tip.inner_text()
    page.keyboard.press("ArrowRight")
    assert tip.inner_text() != first
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_without_scripts_everything_can_be_read(sample_days, open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/reports/daily/2024-04-20/")
    chart = page.locator("figure.chart").first
    assert chart.locator("svg").is_visible()
    chart.locator("summary").click()
    assert chart.get_by_role("row").count() == 49, "a row a half hour, and their headings"


def test_the_figures_can_be_taken_away(page):
    page.goto("/reports/daily/2024-04-20/?definition=so")
    for kind in ("csv", "xlsx"):
        link = page.locator(f"a[href*='format={kind}']").first
        assert "definition=so" in link.get_attribute("href")
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename.endswith(f".{kind}")
        assert download.value.path().stat().st_size > 500
    address = page.locator("a[href*='format=json']").first.get_attribute("href")
    assert page.request.get(page.url.partition("?")[0] + address).json()["definition"] == "so"


# Whatever has no use on paper.
NOT_PRINTED = "nav, form, .skip, .tip, .downloads, .chart details"
PAPER = {"/reports/daily/2024-04-20/": "periods", "/reports/monthly/2024-04/": "parts"}


@pytest.mark.parametrize(("address", "breakdown"), PAPER.items())
def test_a_report_prints_its_figures_and_nothing_to_click(page, address, breakdown):
    page.goto(address)
    page.locator("figure.chart svg").first.hover()
    assert page.locator(".tip").first.is_visible()
    page.emulate_media(media="print")
    for element in page.locator(NOT_PRINTED).all():
        assert not element.is_visible(), element.inner_text()
    assert page.get_by_role("heading", level=1).is_visible()
    for card in page.locator(".cards .card").all():
        assert card.is_visible()
    assert page.locator("figure.chart svg").first.is_visible()
    rows = page.locator(f"[aria-labelledby={breakdown}] tbody tr").all()
    assert len(rows) >= 30
    assert all(row.is_visible() for row in rows)


@pytest.mark.parametrize("address", PAPER)
def test_a_report_is_a_few_pages_of_paper(page, address):
    page.goto(address)
    paper = page.pdf(format="A4")
    sizes = re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)[.\d]*\]", paper)
    assert set(sizes) == {(b"595", b"842")}
    assert 2 <= len(re.findall(rb"/Type /Page\b", paper)) <= 8
