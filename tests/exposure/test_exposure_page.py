"""The page in a real browser: on a phone, in the dark, on paper; it asks for nothing and runs nothing."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser

import pytest
from asking import report
from exports import table, write_export
from small_export import SMALL

from assent.exposure.page import page_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
HOSTILE = "</td><script>document.title='x'</script><img src=https://example.org/x.png onerror=alert(1)>"


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A whole export's page, with hostile texts in it."""
    folder = tmp_path_factory.mktemp("page")
    export = write_export(folder / "export.zip", messages=40)
    long = "x" * 400
    (folder / "Skills.csv").write_text(table(["Name", HOSTILE], [[HOSTILE, "1"], [long, "1"]]))
    page = folder / "page.html"
    page.write_text(page_of(report(export, folder / "Skills.csv", country="US", born="2009-02-28")), encoding="utf-8")
    return page


def test_what_an_export_says_stays_text(zip_of):
    page = page_of(report(zip_of(SMALL | {"Skills.csv": table(["Name", HOSTILE], [[HOSTILE, "1"]])})))
    outline = _Outline()
    outline.feed(page)
    assert (outline.active, "&lt;script&gt;" in page) == ([], True)


class _Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.headings, self.active, self.scoped, self.ids, self.labelled = [], [], 0, set(), set()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in {"script", "img", "link", "iframe", "object", "form"} or found.keys() & {
            "src",
            "href",
            "onerror",
            "onload",
        }:
            self.active.append((tag, attrs))
        self.scoped += tag == "th" and "scope" in found
        self.ids |= {found["id"]} if "id" in found else set()
        self.labelled |= {found["aria-labelledby"]} if "aria-labelledby" in found else set()


def test_it_can_be_read_aloud(written):
    outline = _Outline()
    text = written.read_text(encoding="utf-8")
    outline.feed(text)
    steps = [after - before for before, after in zip(outline.headings, outline.headings[1:], strict=False)]
    assert (outline.headings.count(1), max(steps) <= 1, outline.labelled <= outline.ids) == (1, True, True)
    assert text.count("<th ") == outline.scoped


@needs_browser
@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_scrolls_sideways(browser, written, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(written.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@needs_browser
def test_nothing_is_asked_for_and_nothing_runs(browser, written):
    page = browser.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(written.as_uri())
    assert (asked, said, page.title().startswith("Your LinkedIn data")) == ([written.as_uri()], [], True)
    page.close()


LUMINANCE = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c) && c !== 'transparent') return c } return 'rgb(255, 255, 255)' };
  return [...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x); return (a + .05) / (b + .05) }).reduce((x, y) => Math.min(x, y)) }"""


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(browser, written, scheme):
    page = browser.new_page(color_scheme=scheme)
    page.goto(written.as_uri())
    assert page.evaluate(LUMINANCE) >= 4.5
    page.close()


@needs_browser
def test_it_prints_on_a4(browser, written):
    page = browser.new_page()
    page.goto(written.as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = {
        tuple(round(float(number)) for number in box.split()) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf)
    }
    page.emulate_media(media="print", color_scheme="dark")
    assert (boxes, page.evaluate("getComputedStyle(document.body).backgroundColor")) in (
        ({(0, 0, 595, 842)}, "rgb(255, 255, 255)"),
        ({(0, 0, 596, 842)}, "rgb(255, 255, 255)"),
    )
    page.close()
