from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import InputError
from assent.ledger import fold_member
from assent.ledger.state_table import StateImport, import_state_table
from assent.vocabulary.events import Event, EventType

DAY = timedelta(days=1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)  # the clock of these tests is seconds after it


def said(value, at, member="m1", setting="ads"):
    return Event(EventType.SETTING_CHANGED, at, member, setting, value)


def table(tmp_path, *rows):
    path = tmp_path / "state.csv"
    lines = [",".join((*row[:3], row[3] if isinstance(row[3], str) else row[3].isoformat())) for row in rows]
    path.write_text("\n".join(["member,setting,value,changed_at", *lines]) + "\n")
    return [path]


def row(value, at, member="m1", setting="ads"):
    return member, setting, value, at


def test_the_first_import_records_every_row(ledger, tmp_path):
    rows = table(tmp_path, row("off", NOW - DAY), row("on", NOW - DAY, "m2"))
    assert import_state_table(ledger, rows) == StateImport(range(2), 0, 0)


def test_the_same_table_again_records_nothing(ledger, tmp_path):
    rows = table(tmp_path, row("off", NOW - DAY), row("on", NOW - DAY, "m2"))
    import_state_table(ledger, rows)
    assert import_state_table(ledger, rows) == StateImport(range(2, 2), 2, 0)


def test_only_what_changed_is_recorded(ledger, tmp_path):
    import_state_table(ledger, table(tmp_path, row("off", NOW - DAY), row("on", NOW - DAY, "m2")))
    again = import_state_table(ledger, table(tmp_path, row("off", NOW - DAY), row("off", NOW, "m2")))
    assert (again, [event.value for _, event in ledger.events_of("m2")]) == (
        StateImport(range(2, 3), 1, 0),
        ["on", "off"],
    )


def test_a_row_older_than_the_ledger_is_counted_and_left_alone(ledger, tmp_path):
    ledger.append([said("off", NOW)])
    assert import_state_table(ledger, table(tmp_path, row("on", NOW - DAY))) == StateImport(range(1, 1), 0, 1)


def test_an_equal_value_is_not_said_again_whenever_it_was_changed(ledger, tmp_path):
    ledger.append([said("off", NOW - DAY)])
    assert import_state_table(ledger, table(tmp_path, row("off", NOW))).same == 1


def test_a_later_event_in_the_ledger_does_not_hide_todays_withdrawal(ledger, tmp_path):
    ledger.append([said("on", NOW - DAY), said("off", NOW + 30 * DAY)])
    import_state_table(ledger, table(tmp_path, row("off", NOW - DAY / 2)))
    assert fold_member(ledger.events_of("m1"), at=NOW, size=ledger.size).settings == {"ads": "off"}


def test_a_row_of_the_future_is_recorded_once(ledger, tmp_path):
    ledger.append([said("on", NOW - DAY)])
    rows = table(tmp_path, row("off", NOW + 30 * DAY))
    assert (len(import_state_table(ledger, rows).recorded), len(import_state_table(ledger, rows).recorded)) == (1, 0)


def test_two_rows_about_one_setting_are_refused(ledger, tmp_path):
    with pytest.raises(InputError, match="more than once"):
        import_state_table(ledger, table(tmp_path, row("off", NOW), row("on", NOW)))
    assert ledger.size == 0


@pytest.mark.parametrize(
    "bad",
    [
        ("m1", "ads", "maybe", NOW),
        ("", "ads", "on", NOW),
        ("m1", "", "on", NOW),
        ("m1", "ads", "on", "2025-01-01T00:00:00"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_recorded(ledger, tmp_path, bad):
    with pytest.raises(InputError, match="row 2"):
        import_state_table(ledger, table(tmp_path, row("off", NOW), bad))
    assert ledger.size == 0


def test_who_said_it_is_kept(ledger, tmp_path):
    import_state_table(ledger, table(tmp_path, row("off", NOW)), by="state-table")
    assert [event.by for _, event in ledger.events()] == ["state-table"]


MOMENTS = st.integers(-5, 5).map(lambda days: NOW + days * DAY)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.builds(said, st.sampled_from(["on", "off"]), MOMENTS, st.sampled_from(["m1", "m2"]))),
    st.sampled_from(["on", "off"]),
    MOMENTS,
)
def test_a_newer_row_holds_afterwards_and_an_older_one_changes_nothing(
    tmp_path_factory, key, history, value, changed_at
):
    from assent.ledger import Ledger

    folder = tmp_path_factory.mktemp("state")
    with Ledger.create(folder / "ledger", origin="example.org/log", key=key, clock=lambda: NOW) as ledger:
        ledger.append(history)
        moment = max(NOW, changed_at)
        counted = [(e.effective_at, seq, e.value) for seq, e in ledger.events_of("m1") if e.effective_at <= moment]
        known = max(counted) if counted else None
        import_state_table(ledger, table(folder, row(value, changed_at)))
        expected = known[2] if known and known[0] > changed_at else value
        state = fold_member(ledger.events_of("m1"), at=moment, size=ledger.size)
        assert state.settings == {"ads": expected}
