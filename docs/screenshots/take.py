# ruff: noqa: INP001 - a script, not a package
"""Takes the pictures of the portal: starts the demonstration in a folder of its own and goes through it in a browser.

    python docs/screenshots/take.py [FOLDER FOR THE PICTURES]

Pictures are small: a fixed window, few colours; none may be larger than 150 kB.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).resolve().parent
CHROMIUM = "/usr/bin/chromium"
LARGEST = 150_000
DESKTOP, PHONE = {"width": 1100, "height": 760}, {"width": 390, "height": 760}
TOGGLE = "/settings/generative_ai_improvement"


def nothing(_page: Page) -> None:
    """The page is shown as it opens."""


def switch_off(page: Page) -> None:
    """The toggle was turned off, and the page says so."""
    page.locator("form:has(input[name=action][value=stop]) button").first.click()


def why(page: Page) -> None:
    """The first result says why it is there."""
    page.locator("summary").first.click()


def draft(page: Page) -> None:
    """A draft was written."""
    page.locator("main form button").first.click()


# name, whom to be (None is nobody), path, window, language, what to do first
PICTURES: tuple[tuple[str, str | None, str, dict[str, int], str, Callable[[Page], None]], ...] = (
    ("settings", "Member in Germany", "/settings", DESKTOP, "en", nothing),
    ("toggle", "Member in Germany", TOGGLE, DESKTOP, "en", nothing),
    ("toggle-off-phone-german", "Member in Germany", TOGGLE, PHONE, "de", switch_off),
    ("my-data", "Member in Germany", "/my-data", DESKTOP, "en", nothing),
    ("objection", "Member who appealed", "/objections", DESKTOP, "en", nothing),
    ("jobs-for-me", "Member in Germany", "/for-me", DESKTOP, "en", why),
    ("find-phone", "Member in Germany", "/find?q=wound+care&what=people", PHONE, "en", nothing),
    ("write", "Member in Germany", "/write", DESKTOP, "en", draft),
    ("ideas-german", "Member in Germany", "/profile-ideas", DESKTOP, "de", nothing),
    ("transparency", None, "/transparency", DESKTOP, "en", nothing),
    ("rules-german", None, "/transparency/rules", DESKTOP, "de", nothing),
    ("employers", None, "/employers?region=DE", DESKTOP, "en", nothing),
    ("demo", None, "/demo", DESKTOP, "en", nothing),
    ("console", "Privacy officer", "/console", DESKTOP, "en", nothing),
)


def main() -> int:
    """Every picture lies in the folder."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-u", "-m", "assent", "serve", "--demo", "--port", "0", "--no-log"]
        with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 -- our own
            try:
                address = _address(running)
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                    for picture in PICTURES:
                        _take(browser, address, out, *picture)
                    browser.close()
            finally:
                running.terminate()
    return 0


def _address(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    for line in running.stdout:
        found = re.search(r"(http://\S+)/demo", line)
        if found:
            return found[1]
    raise SystemExit("the demonstration did not start")


def _take(  # noqa: PLR0917 - the columns of the table above
    browser: Browser,
    address: str,
    out: Path,
    name: str,
    person: str | None,
    path: str,
    window: dict[str, int],
    language: str,
    first: Callable[[Page], None],
) -> None:
    context = browser.new_context(viewport=window, locale=language, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    if person is not None:
        _be(context, address, person)
    answer = page.goto(address + path)
    if answer is None or not answer.ok:
        raise SystemExit(f"`{path}` cannot be shown: {answer and answer.status}")
    first(page)
    target = out / f"{name}.png"
    page.screenshot(path=target)
    context.close()
    if target.stat().st_size > LARGEST:
        raise SystemExit(f"`{target.name}` has {target.stat().st_size:,} bytes, more than {LARGEST:,}")
    sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")


def _be(context: BrowserContext, address: str, person: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/demo?lang=en")
    page.get_by_role("button", name=f"Be this person: {person}", exact=True).click()
    page.close()


if __name__ == "__main__":
    sys.exit(main())
