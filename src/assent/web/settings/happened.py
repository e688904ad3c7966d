"""What was recorded about a member, in a sentence to them."""

from __future__ import annotations

from collections.abc import Mapping

from assent.policy.pack import Pack
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId, PurposeName, SettingName
from assent.web.settings.words import Words


def tell(words: Words, pack: Pack, event: Event) -> str:
    """What the event says, in one sentence."""
    lang, key, value = words.lang, event.key or "", event.value or ""
    setting = pack.settings.get(SettingName(key))
    purpose = pack.purposes.get(PurposeName(key))
    notice = pack.notices.get(NoticeId(key))
    about = words.named(setting.title if setting else purpose.title if purpose else notice.title if notice else key)
    texts: Mapping[EventType, str] = {
        EventType.MEMBER_JOINED: "You joined.",
        EventType.MEMBER_REGION: "Your country was recorded: %(value)s.",
        EventType.MEMBER_BIRTH_DATE: "Your date of birth was recorded: %(value)s.",
        EventType.SETTING_CHANGED: "“%(about)s” was turned on." if value == "on" else "“%(about)s” was turned off.",
        EventType.OBJECTION_RECEIVED: "Your objection to “%(about)s” was received.",
        EventType.OBJECTION_DECIDED: "Your objection to “%(about)s” was upheld."
        if value == "upheld"
        else "Your objection to “%(about)s” was rejected.",
        EventType.OBJECTION_WITHDRAWN: "Your objection to “%(about)s” was withdrawn.",
        EventType.NOTICE_DELIVERED: "You were sent the notice “%(about)s”.",
        EventType.RECORD_EXCLUDED: "You left out the item “%(about)s”.",
        EventType.RECORD_INCLUDED: "You let in the item “%(about)s” again.",
        EventType.TAKEBACK_REQUESTED: "You took back what was used for “%(about)s”.",
        EventType.ACCOUNT_CLOSED: "Your account was closed.",
        EventType.ERASURE_REQUESTED: "You asked for your data to be erased.",
        EventType.CLAIM_RECEIVED: "Your claim that a model repeats your data was received.",
        EventType.CLAIM_DECIDED: "Your claim that a model repeats your data was decided.",
    }
    text = texts.get(event.type, "Something was recorded about you: %(type)s.")
    return lang(text, about=about, value=value or lang("unknown"), type=event.type.value)
