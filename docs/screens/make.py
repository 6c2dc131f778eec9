"""Pictures of the screens for the README: `python docs/screens/make.py [FOLDER]`, in about three minutes.

Writes before_after_zh.png and process_map_en.png into docs/screens, or with `--all` every page in both
languages and both themes into FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "browser"))

from playwright.sync_api import Browser, Page  # noqa: E402 (after the path is set)
from served_app import offline_browser, served_app  # noqa: E402

SIZE = {"width": 1280, "height": 720}
TALL = {"width": 1280, "height": 1190}
LONG_MS = 400_000


def main(folder: Path, everything: bool) -> None:
    """Serve the app, go through it, write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with served_app() as address, offline_browser() as browser:
        if not everything:
            process_map(browser, address, "en", "light", folder / "process_map_en.png")
            before_after(browser, address, "zh", "light", folder, ("before_after_zh.png", None))
            return
        for language in ("zh", "en"):
            for theme in ("light", "dark"):
                end = f"_{language}_{theme}.png"
                process_map(browser, address, language, theme, folder / f"process_map{end}")
                before_after(
                    browser, address, language, theme, folder, (f"before_after{end}", f"what_if{end}")
                )
                data(browser, address, language, theme, folder / f"data{end}")
                for view in ("case", "day"):
                    watch(browser, address, language, theme, view, folder / f"watch_{view}{end}")


def opened(browser: Browser, theme: str) -> Page:
    """A page of the usual size."""
    return browser.new_page(viewport=SIZE, color_scheme="dark" if theme == "dark" else "light")


def process_map(browser: Browser, address: str, language: str, theme: str, path: Path) -> None:
    """The map on its time layer with a step selected."""
    page = opened(browser, theme)
    page.goto(f"{address}/?lang={language}&layer=time")
    page.locator(".map .step").nth(2).click(timeout=LONG_MS)
    page.locator(".st-key-facts strong").nth(3).wait_for(timeout=LONG_MS)
    shoot(page, path)


def before_after(
    browser: Browser, address: str, language: str, theme: str, folder: Path, names: tuple[str, str | None]
) -> None:
    """The leader's page after its quick run, and the analyst's page with the same answer."""
    page = opened(browser, theme)
    page.goto(f"{address}/before-after?lang={language}")
    page.locator(".st-key-quick_run button").click(timeout=LONG_MS)
    page.locator(".map .ghost").first.wait_for(timeout=LONG_MS)
    if names[1] is None:  # the README shows both maps, too
        page.set_viewport_size(TALL)
    shoot(page, folder / names[0])
    if names[1] is not None:
        page.locator("[data-testid=stSidebarNavLink][href*=what-if]").click()
        page.locator(".st-key-to_before_after").wait_for(timeout=LONG_MS)
        shoot(page, folder / names[1])


def watch(browser: Browser, address: str, language: str, theme: str, view: str, path: Path) -> None:
    """One applicant in both halls, or the counters over a day."""
    page = opened(browser, theme)
    page.goto(f"{address}/watch?lang={language}&view={view}")
    page.locator(".js-plotly-plot .barlayer").first.wait_for(timeout=LONG_MS)
    shoot(page, path)


def data(browser: Browser, address: str, language: str, theme: str, path: Path) -> None:
    """The data page with the quality report."""
    page = opened(browser, theme)
    page.goto(f"{address}/data?lang={language}")
    page.locator("[data-testid=stMetric]").first.wait_for(timeout=LONG_MS)
    shoot(page, path)


def shoot(page: Page, path: Path) -> None:
    """One picture, after everything has come to rest."""
    page.mouse.move(640, 5)
    page.wait_for_timeout(2500)
    page.screenshot(path=path)
    print(path, f"{path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--all"]
    main(Path(arguments[0]) if arguments else HERE, everything="--all" in sys.argv)
