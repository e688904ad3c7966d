from datetime import date

import pytest
from policy_samples import AS_ANNOUNCED, AT, GEN, MEMBER, member

from assent.errors import InputError
from assent.policy.load import load_pack
from assent.policy.outgoing import page_signals
from assent.policy.signals import aipref, tdmrep
from assent.policy.signals.gpc import is_on, settings_switched_off, support_resource
from assent.vocabulary.records import Signals


@pytest.mark.parametrize(
    ("values", "on"),
    [
        (["1"], True),
        (["0", "1"], True),
        ([" 1"], False),
        (["true"], False),
        ([None], False),
        ([], False),
        (["11"], False),
    ],
)
def test_only_exactly_one_opts_out(values, on):
    assert is_on(values) is on


def test_the_support_resource_is_what_the_specification_shows():
    assert support_resource(date(2025, 4, 15)) == {"gpc": True, "lastUpdate": "2025-04-15"}


def test_the_pack_says_what_the_signal_switches(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(
        f'name = "ours"\ntitle = "Ours"\nextends = "{AS_ANNOUNCED}"\n[settings.share_affiliates]\noff_by_gpc = true\n'
    )
    assert settings_switched_off(load_pack(file)) == ("share_affiliates",)
    assert settings_switched_off(load_pack(AS_ANNOUNCED)) == ()


def test_a_member_who_permits_everything_reserves_nothing():
    pages = page_signals(load_pack(AS_ANNOUNCED), MEMBER, ["/in/anna"], at=AT)
    assert (pages.headers, pages.meta, pages.robots, pages.tdmrep) == ({}, (), (), ())


@pytest.mark.parametrize("state", [None, member(settings={GEN: "off"}), member(region=None), member(closed=True)])
def test_who_denies_or_is_unknown_reserves(state):
    pages = page_signals(load_pack(AS_ANNOUNCED), state, ["/in/anna"], at=AT)
    assert pages.headers == {"tdm-reservation": "1", "Content-Usage": "train-ai=n"}


def test_an_objection_to_other_training_alone_reserves_mining_and_leaves_generative_training():
    from assent.vocabulary.state import Objection

    state = member(objections={"train_other": Objection.UPHELD})
    assert page_signals(load_pack(AS_ANNOUNCED), state, ["/in/anna"], at=AT).headers == {"tdm-reservation": "1"}


def test_what_goes_out_is_read_back_as_meant_and_for_these_pages_only():
    """The other half of this package reads what this half writes."""
    pages = page_signals(
        load_pack(AS_ANNOUNCED), None, ["/in/ann", "/p/a b*c$"], at=AT, policy="https://example.org/licence"
    )
    robots = aipref.parse_robots("User-agent: *\n" + "\n".join(pages.robots))
    entries = [
        tdmrep.LocationRule(each["location"], tdmrep.Reservation(True, each["tdm-policy"])) for each in pages.tdmrep
    ]
    for path in ("/in/ann", "/in/ann/posts/1", "/p/a%20b%2Ac%24"):
        assert aipref.preference(aipref.usage_of(robots, path)) is aipref.Preference.DISALLOW, path
        assert tdmrep.of_path(entries, path).reserved, path
    for path in ("/in/anna", "/in/", "/p/a%20bXc%24"):
        assert aipref.usage_of(robots, path) is None, path
        assert not tdmrep.of_path(entries, path).reserved, path
    assert tdmrep.of_headers(pages.headers.items()).policy == "https://example.org/licence"
    assert Signals(pages.headers["Content-Usage"]).aipref == "train-ai=n"


@pytest.mark.parametrize("path", ["in/anna", "", " /in/anna", "/in/anna\n"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(InputError, match="is no path of a page"):
        page_signals(load_pack(AS_ANNOUNCED), None, [path], at=AT)


@pytest.mark.parametrize("policy", ["https://x\r\nSet-Cookie: a=b", "", " https://x", "https://x/é"])
def test_an_address_that_cannot_stand_in_a_header_is_refused(policy):
    with pytest.raises(InputError, match="cannot stand in a header"):
        page_signals(load_pack(AS_ANNOUNCED), None, ["/in/anna"], at=AT, policy=policy)


def test_a_line_break_inside_a_path_cannot_add_a_rule():
    pages = page_signals(load_pack(AS_ANNOUNCED), None, ["/in/a\nAllow: /x"], at=AT)
    assert all("\n" not in line for line in pages.robots)
