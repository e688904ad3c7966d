from datetime import UTC, datetime

import pytest

from assent.errors import InputError
from assent.ledger import fold_member
from assent.ledger.opt_outs import import_opt_outs
from assent.vocabulary.events import Event, EventType

SETTINGS = ("share_affiliates", "ads_off_platform")
SEEN = "member,sec_gpc,seen_at\nanna,1,2026-01-03T10:00:00Z\nanna,1,2026-01-02T10:00:00Z\nben,0,2026-01-02T10:00:00Z\ncem,,2026-01-02T10:00:00Z\n"


@pytest.fixture
def seen(tmp_path):
    path = tmp_path / "requests.csv"
    path.write_text(SEEN)
    return path


def _setting(ledger, name, member="anna"):
    at = datetime(2026, 6, 1, tzinfo=UTC)
    return fold_member(ledger.events_of(member), at=at, size=ledger.size).settings.get(name)


def test_the_first_sighting_switches_the_settings_off(ledger, seen):
    recorded, known = import_opt_outs(ledger, [seen], SETTINGS)
    assert [event.to_json() for _, event in ledger.events() if isinstance(event, Event)] == [
        {
            "type": "setting.changed",
            "member": "anna",
            "setting": name,
            "value": "off",
            "by": "gpc",
            "effective_at": "2026-01-02T10:00:00Z",
            "recorded_at": "2026-01-01T00:00:00Z",
        }
        for name in SETTINGS
    ]
    assert (recorded, known) == (range(2), 0)


def test_the_same_file_again_changes_nothing(ledger, seen):
    import_opt_outs(ledger, [seen], SETTINGS)
    assert import_opt_outs(ledger, [seen], SETTINGS) == (range(2, 2), 1)


def test_a_choice_made_afterwards_stands(ledger, seen):
    import_opt_outs(ledger, [seen], SETTINGS)
    chosen = datetime(2026, 2, 1, tzinfo=UTC)
    ledger.append([Event(EventType.SETTING_CHANGED, chosen, "anna", "share_affiliates", "on", "member")])
    import_opt_outs(ledger, [seen], SETTINGS)
    assert (_setting(ledger, "share_affiliates"), _setting(ledger, "ads_off_platform")) == ("on", "off")


def test_a_choice_made_before_gives_way(ledger, seen):
    chosen = datetime(2025, 12, 1, tzinfo=UTC)
    ledger.append([Event(EventType.SETTING_CHANGED, chosen, "anna", "share_affiliates", "on", "member")])
    import_opt_outs(ledger, [seen], SETTINGS)
    assert _setting(ledger, "share_affiliates") == "off"


def test_rows_that_cannot_be_used_are_named_and_nothing_is_recorded(ledger, tmp_path):
    path = tmp_path / "requests.csv"
    path.write_text("member,sec_gpc,seen_at\nanna,1,2026-01-03T10:00:00Z\n,1,2026-01-03T10:00:00Z\nben,1,yesterday\n")
    with pytest.raises(InputError, match=r"2 rows cannot be imported: .*row 2: `member` is missing; .*row 3"):
        import_opt_outs(ledger, [path], SETTINGS)
    assert ledger.size == 0
