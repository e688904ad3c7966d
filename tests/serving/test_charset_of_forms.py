"""A form says in which characters it is written; only UTF-8 is read, since Python knows others that do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_world import Client, make_portal

FORM = b'--x\r\ncontent-disposition: form-data; name="text"\r\n\r\n%s\r\n--x--\r\n'
PAGE = "/transparency/receipt"


@pytest.fixture
def anybody(tmp_path: Path) -> Client:
    return make_portal(tmp_path).client()


def send(client: Client, charset: str, text: bytes = b"something") -> int:
    kind = {"content-type": f"multipart/form-data; boundary=x; {charset}"}
    return int(client.post(PAGE, content=FORM % text, headers=kind).status_code)


@pytest.mark.timeout(20)
def test_a_character_set_that_takes_minutes_to_decode_is_refused(anybody: Client) -> None:
    slow = bytes(range(97, 123)) * 38_000

    assert send(anybody, "charset=punycode", slow) == 415


@pytest.mark.parametrize(
    "charset", ["charset=unicode_escape", "Charset = UTF-7", 'charset="utf-16"', "charset*=utf-8''punycode",
                "charset=utf-8; charset=punycode", "charset*0=puny; charset*1=code"]
)  # fmt: skip
def test_a_character_set_that_can_make_half_characters_is_refused(anybody: Client, charset: str) -> None:
    assert send(anybody, charset, rb"\ud800 +2AA-") == 415


@pytest.mark.parametrize("charset", ["charset=utf-8", 'charset="UTF-8"', "charset=utf8;"])
def test_utf_8_is_read(anybody: Client, charset: str) -> None:
    assert send(anybody, charset) == 422
