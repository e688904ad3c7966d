"""A mail as it travels: from a template, its words and a language; nothing given can write a header.

A template is a text file in `templates`: its first line is `Subject: …`, the rest the body; both are Jinja2 with `_`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template, TemplateError
from markupsafe import Markup, escape

from assent.errors import InputError
from assent.language.catalogue import language

TEMPLATES: Final = Path(__file__).parent / "templates"
MOST_ADDRESS: Final = 254
"""Source: RFC 5321 §4.5.3.1.3, less the brackets."""
MOST_SUBJECT: Final = 200

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINK = re.compile(r"https?://[!-;=?-~]+[\w/]")
_OWN: Final = frozenset({"to", "message-id", "list-unsubscribe"})
"""Headers that say something else in every mail."""


class _Headers(HeaderRegistry):
    """Headers as values: one that thousands of mails have in common is read once, which is most of a mail's cost."""

    def __call__(self, name: str, value: str) -> Any:
        """The header's value; those that name somebody are not remembered."""
        return super().__call__(name, value) if name.lower() in _OWN else self._remembered(name, str(value))

    @lru_cache(maxsize=256)  # noqa: B019 - there is one registry, for good
    def _remembered(self, name: str, value: str) -> Any:
        return super().__call__(name, value)


_WIDE = SMTP.clone(max_line_length=78, header_factory=_Headers())


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every mail of one platform has in common.

    Args:
        sender: the address mail is from.
        platform: what the platform is called.
        address: where members come to, without a slash at the end.
    """

    sender: str
    platform: str
    address: str

    @property
    def domain(self) -> str:
        """The sender's domain, under which mails and bounces are named."""
        return self.sender.rpartition("@")[2]

    def bounce_address(self, ident: str) -> str:
        """The envelope sender of that mail: what comes back to it says which mail it was (VERP)."""
        return f"bounces+{ident}@{self.domain}"


def check_address(address: str) -> str:
    """The address, which is one mailbox and nothing else.

    Raises:
        InputError: it is none, or holds what could end a header's line.
    """
    if len(address) > MOST_ADDRESS or not _ADDRESS.fullmatch(address) or ".." in address:
        raise InputError("this is no e-mail address", hint="write one address, such as name@example.org")
    return address


def check_line(text: str, *, what: str = "a text of the mail") -> str:
    """The text, which is one line without control characters.

    Raises:
        InputError: it is not.
    """
    if _CONTROL.search(text):
        raise InputError(f"{what} holds a line end or a control character", hint="write it on one line")
    return text


def require_template(name: str) -> None:
    """There is such a template.

    Raises:
        InputError: there is none.
    """
    if name not in _names():
        raise InputError(f"there is no mail template `{name}`", hint=f"one of {', '.join(sorted(_names()))}")


def render(name: str, code: str, words: Mapping[str, Any], letterhead: Letterhead) -> tuple[str, str]:
    """The subject and the body in that language.

    Raises:
        InputError: a word is missing, or the subject is no single line.
    """
    require_template(name)
    lang = language(code)
    given = {"platform": letterhead.platform, "address": letterhead.address, "lang": lang} | dict(words)
    head, body = _parts(name, lang.code)
    try:
        # Apart from the body, so that a line end in a word is seen and not taken for the end of the subject.
        subject, text = head.render(given), body.render(given)
    except TemplateError as error:
        raise InputError(f"the mail template `{name}` cannot be filled in: {error}") from None
    return check_line(subject, what="the subject")[:MOST_SUBJECT], text.strip("\n") + "\n"


def compose(
    *,
    ident: str,
    to: str,
    subject: str,
    body: str,
    letterhead: Letterhead,
    at: datetime,
    unsubscribe: str | None = None,
    with_html: bool = False,
) -> EmailMessage:
    """The message, ready to be sent; composed again it has the same Message-ID.

    Args:
        unsubscribe: the link that ends mail of this kind with one POST; only reminders have one. Source: RFC 8058.
        with_html: a second form of the same words, for readers that show links.
    """
    message = EmailMessage(policy=_WIDE)
    local, _, domain = check_address(letterhead.sender).rpartition("@")
    name = check_line(letterhead.platform, what="the platform's name")
    message["From"] = str(Address(display_name=name, username=local, domain=domain))
    message["To"] = check_address(to)
    message["Subject"] = check_line(subject, what="the subject")
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{ident}@{letterhead.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{check_line(unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body, charset="utf-8")
    if with_html:
        message.add_alternative(_as_html(subject, body), subtype="html")
    return message


def _as_html(subject: str, body: str) -> str:
    """The same words as paragraphs, links as links; nothing is loaded from anywhere."""
    parts = "".join(
        Markup("<p>{}</p>\n").format(Markup("<br>\n").join(map(_linked, each.split("\n"))))
        for each in body.strip().split("\n\n")
    )
    head = Markup('<meta charset="utf-8"><title>{}</title>').format(subject)
    return f"<!doctype html>\n<html><head>{head}</head>\n<body>\n{parts}</body></html>\n"


def _linked(line: str) -> Markup:
    safe, last = Markup(""), 0
    for found in _LINK.finditer(line):
        safe += escape(line[last : found.start()]) + Markup('<a href="{0}">{0}</a>').format(found[0])
        last = found.end()
    return safe + escape(line[last:])


@cache
def _names() -> frozenset[str]:
    return frozenset(each.stem for each in TEMPLATES.glob("*.txt"))


@cache
def _parts(name: str, code: str) -> tuple[Template, Template]:
    environment = _environment(code)
    head, _, body = (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8").partition("\n")
    if not head.startswith("Subject: "):
        raise InputError(f"the mail template `{name}` does not begin with `Subject: `")
    return environment.from_string(head.removeprefix("Subject: ")), environment.from_string(body)


@cache
def _environment(code: str) -> Environment:
    chosen = language(code)
    environment = Environment(  # noqa: S701 - plain text; the HTML form escapes what this made
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(chosen.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {"day": chosen.day, "moment": chosen.moment}
    return environment
