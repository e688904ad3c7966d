"""Mail when something breaks: the sender is killed, the connection is lost, the server is not who it should be."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from smtp_server import Inbox, mail_server

import mortal
from assent.desk.outbox import add_mails, count_by_state
from assent.errors import UnavailableError
from assent.mail.message import Letterhead, compose
from assent.mail.server import Answer, Postman, Said, ServerAddress
from assent.operations.outbox import new_mail, put_mail, send_due, sending_mail
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace
from small_world import NOW, World, make_world

WORDS = {"address": "a@example.net", "language": "en", "template": "notice-reminder", "words": {"title": "t"}}

DIES_AFTER_130 = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.mail.server import Postman
from assent.operations.outbox import send_due
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace

root, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
handed, hand_over = [], Postman.hand_over

def counted(self, *given, **named):
    answer = hand_over(self, *given, **named)
    handed.append(answer)
    if len(handed) == 130:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

Postman.hand_over = counted
with open_platform(open_workspace(root), clock=lambda: now) as platform:
    send_due(platform)
print("done")
"""


class Dropping(Inbox):
    """A server that takes the third mail and is gone before it can say so."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = await super().handle_DATA(server, session, envelope)
        if sum(self.taken.values()) == 3:
            server.transport.abort()
        return said


def make(root: Path, url: str, *, per_minute: int = 1_000_000, database: str = "sqlite") -> World:
    world = make_world(root, [], [], database=database)
    with (root / "assent.toml").open("a") as file:
        file.write(f'[mail]\nserver = "{url}"\nsender = "privacy@example.org"\nper_minute = {per_minute}\n')
    world.workspace = open_workspace(root)
    return world


def opened(world: World) -> Platform:
    return open_platform(world.workspace, clock=world.clock, entropy=world.entropy)


def put(platform: Platform, count: int) -> set[str]:
    mails = [new_mail(platform, **WORDS) for _ in range(count)]
    add_mails(platform.desk, mails)
    return {f"<{each.id}@example.org>" for each in mails}


def test_a_sender_that_was_killed_loses_nothing_and_repeats_under_the_same_name(tmp_path: Path, store: str) -> None:
    with mail_server() as (inbox, url):
        world = make(tmp_path, url, database=store)
        with opened(world) as platform:
            expected = put(platform, 250)
        mortal.die(DIES_AFTER_130, tmp_path, world.now.isoformat())
        assert sum(inbox.taken.values()) == 130
        with opened(world) as platform:
            assert count_by_state(platform.desk) == {"sent": 100, "waiting": 150}
            send_due(platform)
            assert count_by_state(platform.desk) == {"sent": 150, "waiting": 100}
            world.pass_time(minutes=11)
            send_due(platform)
            assert count_by_state(platform.desk) == {"sent": 250}
    assert set(inbox.taken) == expected
    # The second hundred was claimed; thirty of it had been taken and not noted.
    assert Counter(inbox.taken.values()) == {1: 220, 2: 30}


def test_a_connection_that_is_lost_costs_the_one_mail_a_second_try(tmp_path: Path) -> None:
    with mail_server(kind=Dropping) as (inbox, url):
        world = make(tmp_path, url)
        with opened(world) as platform:
            expected = put(platform, 6)
            first = send_due(platform)
            assert (first.accepted, first.later) == (5, 1)
            world.pass_time(minutes=2)
            assert send_due(platform).accepted == 1
    assert (set(inbox.taken), sorted(inbox.taken.values())) == (expected, [1, 1, 1, 1, 1, 2])


def test_no_more_go_in_a_minute_than_were_allowed(tmp_path: Path) -> None:
    with mail_server() as (inbox, url):
        world = make(tmp_path, url, per_minute=2)
        with opened(world) as platform:
            put(platform, 5)
            sent = []
            for _ in range(4):
                sent += [send_due(platform).accepted, send_due(platform).accepted]
                world.pass_time(seconds=61)
    assert (sent, len(inbox.taken)) == ([2, 0, 2, 0, 1, 0, 0, 0], 5)


def test_mail_that_is_put_while_the_loop_runs_arrives_and_the_loop_ends(tmp_path: Path) -> None:
    with mail_server() as (inbox, url), opened(make(tmp_path, url)) as platform:
        with sending_mail(platform):
            ident = put_mail(platform, **WORDS)
            until(lambda: bool(inbox.taken))
        put_mail(platform, **WORDS)
        time.sleep(1.5)
        assert (list(inbox.taken), count_by_state(platform.desk)) == (
            [f"<{ident}@example.org>"], {"sent": 1, "waiting": 1},
        )  # fmt: skip


def until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key, in one file, that nobody else believes."""
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def secured(certificate: Path) -> dict[str, Any]:
    """A controller that wants encryption, then the right password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def check(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (b"assent", b"open sesame"), handled=False)

    return {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": check}


def hand_over(url: str, *, password: str = "open sesame", believes: Path | None = None) -> Answer:
    address = ServerAddress.parse(url.replace("smtp:", "smtp+starttls:"), user="assent", password=password)
    context = ssl.create_default_context(cafile=None if believes is None else f"{believes}.crt")
    head = Letterhead("privacy@example.org", "The platform", "https://example.org")
    message = compose(ident="0" * 24, to="a@example.net", subject="s", body="b\n", letterhead=head, at=NOW)
    with Postman(address, context=context) as postman:
        return postman.hand_over(message, sender="bounces@example.org", to="a@example.net")


def test_mail_goes_encrypted_and_with_a_password(certificate: Path) -> None:
    with mail_server(**secured(certificate)) as (inbox, url):
        assert hand_over(url, believes=certificate).said is Said.ACCEPTED
        assert len(inbox.taken) == 1


def test_a_server_whose_certificate_nobody_signed_gets_nothing(certificate: Path) -> None:
    with mail_server(**secured(certificate)) as (inbox, url):
        with pytest.raises(UnavailableError, match="cannot be used"):
            hand_over(url)
        assert inbox.taken == {}


def test_a_wrong_password_is_said(certificate: Path) -> None:
    with mail_server(**secured(certificate)) as (_, url), pytest.raises(UnavailableError, match="535"):
        hand_over(url, believes=certificate, password="guessed")


def test_a_server_that_offers_no_encryption_gets_nothing_where_it_must(certificate: Path) -> None:
    with mail_server() as (inbox, url):
        with pytest.raises(UnavailableError, match="cannot be used"):
            hand_over(url, believes=certificate)
        assert inbox.taken == {}
