"""A typed client of the API, for a platform's own services; needs nothing of Assent but its vocabulary and formats.

`client` has a method for each call, `answers` what they give, `transport` sends and repeats, `webhooks` says whether a
message about a changed setting, or about a model trained elsewhere, is genuine.

    from assent.client import Client

    with Client("https://privacy.example.org", token) as assent:
        if assent.decide("train_generative", record).allowed: ...
        assent.change_setting("member-17", "generative_ai_improvement", "off")
"""

from assent.client.answers import (
    Change,
    Hook,
    Objection,
    Pack,
    Proved,
    PurposeNow,
    SettingNow,
    Settings,
    Snapshot,
    StandingHold,
    Taken,
)
from assent.client.client import Client
from assent.client.webhooks import AboutModel, Changed, Receiver

__all__ = [
    "AboutModel",
    "Change",
    "Changed",
    "Client",
    "Hook",
    "Objection",
    "Pack",
    "Proved",
    "PurposeNow",
    "Receiver",
    "SettingNow",
    "Settings",
    "Snapshot",
    "StandingHold",
    "Taken",
]
