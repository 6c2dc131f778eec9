"""One journey in a real browser: sample, map, finding, what-if, before and after, all of it offline."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from served_app import chromium, offline_browser, served_app

from dashboards.app import PAGES
from dashboards.words import words
from mining.text import Language

pytestmark = pytest.mark.browser
LOCAL = ("127.0.0.1", "localhost")
PATHS = {title: "" if path == "map" else path for pages in PAGES.values() for _, title, _, path in pages}
LOADING_MS, USUAL_MS, SIMULATION_MS = 120_000, 30_000, 150_000


def what_is_missing() -> str | None:
    """Why no browser can be driven on this machine, or None."""
    if importlib.util.find_spec("playwright") is None:
        return "the Python package playwright is not installed"
    if chromium() is None:
        return "no Chromium is installed"
    driver = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True, check=False
    )
    if driver.returncode != 0:
        return f"the driver of playwright does not start: {driver.stderr.strip()[-200:]}"
    return None


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    missing = what_is_missing()
    if missing and os.environ.get("ONEWINDOW_REQUIRE_BROWSER"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with served_app(tmp_path_factory.mktemp("samples")) as running:
        yield running


def test_the_whole_path(address: str) -> None:
    with offline_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720}, locale="zh-CN")
        requests: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))

        # the browser's language decides where the link says nothing
        page.goto(address)
        page.get_by_role("heading", name=words("zh")("page_map")).wait_for(timeout=LOADING_MS)
        page.locator(".map .step").first.wait_for(timeout=LOADING_MS)
        assert "lang=zh" in page.url

        click_and_key(page)
        for language in ("en", "zh"):
            open_each_page(page, address, language)
        simulate(page, address)
        watch(page)

        foreign = {url for url in requests if is_foreign(url)}
        assert foreign == set()
        assert len(requests) > 10
        assert errors == []


def click_and_key(page: object) -> None:
    """A click on a step shows its facts, Tab and Enter those of the next."""
    w = words("zh")
    steps = page.locator(".map .step")
    name = steps.nth(2).locator("text.name").first.text_content()
    steps.nth(2).click()
    page.locator(".st-key-facts", has_text=w("fact_work_median")).wait_for(timeout=USUAL_MS)
    assert page.locator(".map .selected").count() == 1
    assert page.locator(".st-key-facts strong", has_text=name).first.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    next_name = steps.nth(3).locator("text.name").first.text_content()
    page.locator(".st-key-facts strong", has_text=next_name).first.wait_for(timeout=USUAL_MS)


def open_each_page(page: object, address: str, language: Language) -> None:
    w = words(language)
    for title, path in PATHS.items():
        page.goto(f"{address}/{path}?lang={language}")
        page.get_by_role("heading", name=w(title), exact=True).wait_for(timeout=LOADING_MS)
        assert page.locator("[data-testid=stException]").count() == 0


def simulate(page: object, address: str) -> None:
    """From the findings to the what-if page, run it, read the sentence on the leader's page."""
    w = words("zh")
    page.goto(f"{address}/?lang=zh")
    # among the findings about steps is one redesign that fits any model
    family = page.locator(".st-key-family button", has_text=w("family_steps")).first
    family.click(timeout=LOADING_MS)
    page.locator("[class*=st-key-try-] button", has_text=w("lever_remove_step")).first.click(
        timeout=LOADING_MS
    )
    page.get_by_role("heading", name=w("page_what_if"), exact=True).wait_for(timeout=USUAL_MS)
    page.locator(".st-key-remove-0 button").wait_for(timeout=USUAL_MS)
    for key in ("replications", "days"):  # the least of both
        page.locator(f".st-key-{key} input").focus()
        page.keyboard.press("Home")
    page.locator(".st-key-run button:not([disabled])").click(timeout=USUAL_MS)
    page.locator(".st-key-to_before_after button").click(timeout=SIMULATION_MS)
    sentence = page.locator(".st-key-headline")
    sentence.wait_for(timeout=LOADING_MS)
    assert re.search(r"平均等待由 [\d.]+ 变为 [\d.]+ 分钟.*95% 区间", sentence.inner_text())
    assert "仿真" in sentence.inner_text()
    page.locator(".map .ghost").first.wait_for(timeout=USUAL_MS)  # the removed step stays visible, dashed
    page.locator(".js-plotly-plot").nth(1).wait_for(timeout=USUAL_MS)


def watch(page: object) -> None:
    """From a block of the counters' day to the applicant who was served there, in both halls."""
    w = words("zh")
    page.locator("[data-testid=stSidebarNavLink]", has_text=w("page_watch")).click()
    page.get_by_role("heading", name=w("page_watch"), exact=True).wait_for(timeout=USUAL_MS)
    chosen = page.locator(".st-key-watch_scenario input")
    chosen.wait_for(timeout=LOADING_MS)
    assert chosen.input_value().startswith(w("watch_result", n=1, name=""))
    page.locator(".st-key-watch_view button", has_text=w("watch_view_day")).click(timeout=LOADING_MS)
    counters = page.locator(".st-key-watch_counters_before .barlayer .trace")
    block = counters.nth(1).locator(".point path").nth(3)  # the first trace is what is closed
    block.wait_for(timeout=LOADING_MS)
    box = block.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".st-key-watch_follow button").click(timeout=USUAL_MS)
    for side in ("before", "after"):
        page.locator(f".st-key-story-{side} strong").first.wait_for(timeout=LOADING_MS)
        page.locator(f".st-key-watch_days_{side} .barlayer").wait_for(timeout=USUAL_MS)
    followed = page.locator(".st-key-watch_case input").input_value()
    assert f"case={quote(followed)}" in page.url


def is_foreign(url: str) -> bool:
    """Whether a request went anywhere but to this machine."""
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.hostname not in LOCAL


def test_a_foreign_request_would_be_noticed() -> None:
    assert is_foreign("https://fonts.gstatic.com/a.svg")
    assert not is_foreign("http://127.0.0.1:8501/x")
    assert not is_foreign("data:image/png;base64,AA")


def test_the_app_is_beside_the_package() -> None:
    from dashboards.launch import app_file

    assert app_file().name == "streamlit_app.py"
    assert len(Path(app_file()).read_text(encoding="utf-8").splitlines()) <= 30
