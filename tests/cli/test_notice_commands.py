"""`assent notice` and `assent mail`, as a command line sees them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aiosmtpd.controller import Controller
from typer.testing import CliRunner

from assent.cli import build_app
from assent.desk.contacts import all_contacts
from assent.errors import AssentError, InputError, RefusedError
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace
from small_world import NOTICE, joined, make_world

ROWS = "member,address,language\nm0,m0@example.net,de\nm1,m1@example.net,\n"


class Takes:
    """A mail server's answers: everything is taken but what is for m1."""

    def __init__(self) -> None:
        self.senders: list[str] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return "550 no such mailbox" if address.startswith("m1@") else "250 taken"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.senders.append(envelope.mail_from)
        return "250 taken"


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Takes]:
    """Three members in a working folder that is the current one, and a mail server."""
    make_world(tmp_path, [e for n in range(3) for e in joined(f"m{n}") if e["type"] != "notice.delivered"], [])
    monkeypatch.chdir(tmp_path)
    handler = Takes()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    with (tmp_path / "assent.toml").open("a") as file:
        file.write(f'[mail]\nserver = "smtp://127.0.0.1:{port}"\nsender = "privacy@example.org"\n')
    Path("en.md").write_text("# AI training\n\nWe begin soon.")
    Path("rows.csv").write_text(ROWS)
    yield handler
    controller.stop()


def run(*words: str, data: bytes | None = None) -> Any:
    """What the command says as JSON; an error is raised as itself."""
    done = CliRunner().invoke(build_app(words[0]), [*words, "--json"], input=data)
    if isinstance(done.exception, AssentError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def contacts() -> dict[str, tuple[str, str]]:
    with open_platform(open_workspace()) as platform:
        return {member: (each.address, each.language) for member, each in all_contacts(platform.desk).items()}


@pytest.mark.usefixtures("inbox")
def test_addresses_are_taken_from_csv_and_from_parquet() -> None:
    table = pa.table({"member": ["m2"], "address": ["m2@example.net"], "language": ["en"]})
    pq.write_table(table, "rows.parquet")
    assert run("notice", "import-contacts", "rows.csv") == {"contacts": 2}
    assert run("notice", "import-contacts", "rows.parquet") == {"contacts": 1}
    assert contacts() == {
        "m0": ("m0@example.net", "de"), "m1": ("m1@example.net", "en"), "m2": ("m2@example.net", "en"),
    }  # fmt: skip


@pytest.mark.usefixtures("inbox")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROWS + "m2,no address,en\n", "row 3 of `rows.csv`: this is no e-mail address"),
        (ROWS + ",a@example.net,en\n", "row 3 of `rows.csv` names no member"),
        ("member,mail\nm0,a@example.net\n", "`rows.csv` cannot be read"),
        ("", "`rows.csv` cannot be read"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(text: str, said: str) -> None:
    Path("rows.csv").write_text(text)
    with pytest.raises(InputError) as error:
        run("notice", "import-contacts", "rows.csv")
    assert (error.value.message, contacts()) == (said, {})


def test_a_notice_goes_from_its_words_to_who_was_told(inbox: Takes) -> None:
    run("notice", "import-contacts", "rows.csv")
    assert run("notice", "publish", NOTICE, "--text", "en=en.md")["languages"] == ["en"]
    assert run("notice", "send", NOTICE, "--dry-run")["put"] == 2
    sent = run("notice", "send", NOTICE, "--region", "DE")
    assert (sent["put"], sent["no_address"]) == (2, 1)
    mailed = run("mail", "send")
    assert (mailed["accepted"], mailed["bounced"], mailed["confirmed"]) == (1, 1, 0)
    (region,) = run("notice", "coverage", NOTICE)["regions"]
    assert (region["members"], region["waiting"], region["bounced"], region["no_address"]) == (3, 1, 1, 1)
    assert len(inbox.senders) == 1


@pytest.mark.usefixtures("inbox")
def test_a_notice_that_nobody_published_is_not_sent() -> None:
    with pytest.raises(InputError, match="was not published"):
        run("notice", "send", NOTICE)


@pytest.mark.usefixtures("inbox")
def test_words_that_were_sent_are_not_replaced() -> None:
    run("notice", "import-contacts", "rows.csv")
    run("notice", "publish", NOTICE, "--text", "en=en.md")
    run("notice", "send", NOTICE)
    Path("en.md").write_text("# Other\n\nOther words.")
    with pytest.raises(RefusedError, match="other words were sent"):
        run("notice", "publish", NOTICE, "--text", "en=en.md")


def test_bounces_are_read_from_standard_input_and_from_a_maildir(inbox: Takes) -> None:
    Path("rows.csv").write_text("member,address,language\nm0,m0@example.net,en\nm2,m2@example.net,en\n")
    run("notice", "import-contacts", "rows.csv")
    run("notice", "publish", NOTICE, "--text", "en=en.md")
    run("notice", "send", NOTICE)
    run("mail", "send")
    first, second = inbox.senders
    assert len(run("mail", "bounce", data=report(first))) == 1
    Path("box/new").mkdir(parents=True)
    Path("box/new/1").write_bytes(report(second))
    assert len(run("mail", "bounce", "--maildir", "box")) == 1
    assert [each.name for each in Path("box/cur").iterdir()] == ["1:2,S"]
    assert run("notice", "coverage", NOTICE)["regions"][0]["bounced"] == 2


def report(to: str) -> bytes:
    return (
        f"To: {to}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; a@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()
