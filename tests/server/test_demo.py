"""`assent serve --demo` as a newcomer runs it: made once, served to this machine, and marked as what it is."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from fastapi.testclient import TestClient

from assent.errors import InputError
from assent.operations.figures import figures_of
from assent.operations.objections import queue
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace
from assent.server.application import make_application
from assent.server.demo import demo_over, run_demo
from assent.server.demo_network import FOLDER, PEOPLE, UNFINISHED, prepare_demo

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def people(place):
    return prepare_demo(place / FOLDER, lambda _text: None)


@pytest.fixture(scope="module")
def platform(place, people):
    with open_platform(open_workspace(place / FOLDER)) as opened:
        yield opened


@pytest.fixture
def browser(platform, people):
    # Not as a context: its end would close the platform, which others still need.
    return TestClient(demo_over(platform, people, host="127.0.0.1", log=False), base_url="http://127.0.0.1")


def be(browser, people, name):
    place = next(place for place, each in enumerate(people) if each.name == name)
    return browser.post("/demo", data={"person": place})


def test_everybody_can_be_signed_in_as(browser, people):
    for number, each in enumerate(people):
        browser.cookies.clear()
        answer = browser.post("/demo", data={"person": number})
        assert (answer.status_code, answer.url.path) == (200, each.start), each


@pytest.mark.parametrize("path", ["/", "/demo", "/transparency", "/employers", "/object", "/no-such-page"])
def test_every_page_says_that_it_is_a_demonstration(browser, path):
    assert "Nobody here exists." in browser.get(path).text


def test_somebody_who_is_not_there_cannot_be_signed_in_as(browser):
    answers = [browser.post("/demo", data={"person": number}) for number in (-1, 99)]
    assert [each.status_code for each in answers] == [404, 404]


def test_another_site_cannot_sign_anybody_in(browser):
    answer = browser.post("/demo", data={"person": 0}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_without_demo_there_is_no_such_page(platform):
    plain = TestClient(make_application(platform), base_url="http://127.0.0.1")
    assert (plain.get("/demo").status_code, plain.post("/demo", data={"person": 0}).status_code) == (404, 404)


def test_the_network_has_all_there_is_to_look_at(platform):
    figures = figures_of(platform)
    shown = (figures.members > 1_500, figures.snapshots.sealed, len(figures.holds) > 0, figures.takebacks_asked > 2)
    assert shown == (True, 4, True, True)


def test_objections_are_in_every_state(platform):
    assert {"received", "weighed", "appealed"} <= set(queue(platform).by_state)


def test_no_objection_is_overdue(platform):
    assert queue(platform).overdue == 0


def test_the_minor_s_settings_page_says_nothing_is_used(browser, people):
    be(browser, people, "Member under 18")
    page = browser.get("/settings/generative_ai_improvement").text
    assert "right now nothing of yours may be used" in page


def test_a_second_start_goes_on_with_the_same_folder(place, people):
    said: list[str] = []
    assert (prepare_demo(place / FOLDER, said.append), said[0].startswith("going on with")) == (people, True)


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds something else"):
        prepare_demo(tmp_path, lambda _text: None)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "demo.example.org"])
def test_it_is_served_to_this_machine_alone(tmp_path, host):
    with pytest.raises(InputError, match="is not served on"):
        run_demo(host, 0, folder=tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_what_was_begun_and_not_finished_is_made_anew(tmp_path, monkeypatch):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / UNFINISHED).touch()
    (tmp_path / "demo" / "half").touch()
    monkeypatch.setattr("assent.server.demo_network._make", lambda _root, _say: [])
    prepare_demo(tmp_path / "demo", lambda _text: None)
    assert [path.name for path in (tmp_path / "demo").iterdir()] == [PEOPLE]


def test_the_command_serves_it_and_ends_in_order(place, people):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assent", "serve", "--demo", "--port", str(port)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    with subprocess.Popen(
        command, cwd=place, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        page = _fetched(f"http://127.0.0.1:{port}/demo", running)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[0]
    assert (running.returncode, len(re.findall(r'name="person"', page)), "stopped; .demo-portal stays" in said) == (
        0, len(people), True,
    ), said  # fmt: skip


def _fetched(address, running):
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            assert running.poll() is None, running.stdout.read()
            time.sleep(0.2)
    raise AssertionError("it did not answer")
