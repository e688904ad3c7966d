"""Who may be given what, and what `assent.toml` may say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import InputError, RefusedError
from assent.feeds.terms import parse_recipient, require_allowed
from assent.policy.load import load_pack

PACK = load_pack("professional-network-2025-11")
FOLDER = {"purpose": "share_affiliates", "deliver": "folder", "path": "inbox"}
WEBHOOK = {"purpose": "share_affiliates", "deliver": "webhook", "url": "https://acme.example/feed"}


def recipient(**changed):
    return parse_recipient(Path("/w"), "acme", {**FOLDER, **changed})


@pytest.mark.parametrize("purpose", ["share_affiliates", "ads_off_platform", "ads_measurement"])
def test_a_purpose_that_hands_data_on_needs_nothing_more(purpose: str) -> None:
    assert require_allowed(recipient(purpose=purpose), PACK).name == purpose


def test_a_purpose_that_trains_is_handed_on_only_to_those_the_pack_names() -> None:
    with pytest.raises(RefusedError, match="only to those the pack names"):
        require_allowed(recipient(purpose="train_generative"), PACK)


def test_affiliates_may_train_where_the_pack_names_them() -> None:
    assert require_allowed(recipient(purpose="train_generative", **{"as": "its affiliates"}), PACK)


@pytest.mark.parametrize("named", ["advertisers", "the platform"])
def test_whoever_the_pack_does_not_name_is_refused(named: str) -> None:
    with pytest.raises(RefusedError, match=f"does not name `{named}`"):
        require_allowed(recipient(purpose="train_generative", **{"as": named}), PACK)


def test_a_site_that_keeps_everything_hands_nothing_on() -> None:
    with pytest.raises(RefusedError, match="hands nothing on"):
        require_allowed(recipient(purpose="train_generative"), load_pack("community-qa"))


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(RefusedError, match="no purpose `selling`"):
        require_allowed(recipient(purpose="selling"), PACK)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({**FOLDER, "secret": "whsec_x"}, "a secret has no place"),
        ({**FOLDER, "color": 1}, "unknown key `color`"),
        ({**FOLDER, "deliver": "pigeon"}, "not `pigeon`"),
        ({**FOLDER, "fields": ["salary"]}, "no field `salary`"),
        ({**FOLDER, "fields": []}, "list of columns"),
        ({**FOLDER, "pseudonyms": "no"}, "true or false"),
        ({**FOLDER, "acknowledge_within_days": 0}, "above zero"),
        ({"deliver": "folder", "path": "x"}, "`purpose` is missing"),
        ({**WEBHOOK, "url": "http://acme.example/feed"}, "not encrypted"),
        ({**WEBHOOK, "url": "https://user@acme.example/"}, "without a user"),
        ({**WEBHOOK, "url": "https://[::1"}, "is no URL"),
        ({**WEBHOOK, "url": "ftp://acme.example"}, "must be like https"),
        ("acme", "must be a table"),
    ],
)
def test_a_table_that_makes_no_sense_is_one_line(entry: object, says: str) -> None:
    with pytest.raises(InputError, match=r"^recipient `acme`") as caught:
        parse_recipient(Path("/w"), "acme", entry)

    assert says in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", ["../up", "A", "", "a/b", "a" * 80])
def test_a_name_never_leads_outside(name: str) -> None:
    with pytest.raises(InputError):
        parse_recipient(Path("/w"), name, FOLDER)
