"""Mail about a case: what happened and where to read it. No words, names or grounds travel by mail.

Somebody without an account gets a fresh link with every mail, since nothing stored could give an old one again; each of
them shows the case as long as it is open and ninety days more.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from assent.desk.objections import CLAIM, Case, link_to_case, mailbox_of
from assent.desk.sessions import draw_secret
from assent.errors import InputError
from assent.language.catalogue import language
from assent.operations.outbox import put_mail
from assent.operations.platform import Platform
from assent.policy.pack import Pack, Withdrawal

_TEMPLATES: Final[Mapping[str, str]] = {
    "received": "received",
    "upheld_at_once": "upheld",
    "weighed": "weighed",
    "assessed": "weighed",
    "extended": "extended",
    "upheld": "upheld",
    "rejected": "rejected",
    "appealed": "appealed",
    "withdrawn": "withdrawn",
    "confirmed": "confirmed",
    "not-confirmed": "not_confirmed",
}
"""The template of each step that is mailed, after `objection_` or `claim_`."""

_PLATFORM: Final = "<platform>"


def reaches_past(pack: Pack, case: Case) -> bool:
    """Whether past use goes when it is upheld: a member's always, of others where the use takes back what is excluded.

    Under `withdrawal = "stop"` a record that is left out stays in the bytes of data sets made before, unread.
    """
    use = pack.purposes.get(case.purpose)
    return case.is_member or (use is not None and use.withdrawal is Withdrawal.TAKE_BACK)


def tell(platform: Platform, case: Case, step: str, words: str | None) -> None:
    """Mail about the step lies in the outbox, where there is an address and the step is one to be told."""
    address, code = (case.address, case.language) if not case.is_member else mailbox_of(platform.desk, case.person)
    if step not in _TEMPLATES or address is None:
        return
    lang = language(code or case.language)
    use = platform.pack.purposes.get(case.purpose)
    said: dict[str, Any] = {
        "use": lang(use.title).replace(_PLATFORM, platform.name) if use else str(case.purpose),
        "due": lang.day(case.due_at),
        "link": _link(platform, case),
        "is_member": case.is_member,
        "is_appeal": case.is_appeal,
        "reaches_past": reaches_past(platform.pack, case),
    }
    if step == "extended":
        said["why"] = words or ""  # the law wants these told within the month, so they do travel
    # An address that nothing can be sent to costs the mail and never the step: the case's page says everything.
    with suppress(InputError):
        put_mail(
            platform,
            address=address,
            language=lang.code,
            template=f"{case.kind}_{_TEMPLATES[step]}",
            words=said,
            member=case.person,
        )


def ask_to_confirm(platform: Platform, address: str, code: str, kind: str, secret: str) -> None:
    """A mail with the link that confirms lies in the outbox. It says nothing that the asker wrote: who asks may be
    somebody else, and would have us send their words.
    """
    link = f"{_address(platform)}/object/confirm/{secret}"
    template = "claim_confirm" if kind == CLAIM else "objection_confirm"
    put_mail(platform, address=address, language=code, template=template, words={"link": link})


def _link(platform: Platform, case: Case) -> str:
    if case.is_member:
        return f"{_address(platform)}/objections/{case.id}"
    secret = draw_secret(platform.entropy)
    link_to_case(platform.desk, case.id, secret)
    return f"{_address(platform)}/object/case/{secret}"


def _address(platform: Platform) -> str:
    return platform.workspace.text("portal.address").rstrip("/")
