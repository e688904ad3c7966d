"""What is not known, not whole or not new denies; and whoever may read a view reads nothing else through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakes import ask, prepare_postgres, statements
from networks import AT, Network, network, packs, write

from assent.vocabulary.events import Event, EventType
from assent.vocabulary.tables import RECORD_SCHEMA

PACK, PURPOSE = packs()["safeguarded"]
NOBODY = dict.fromkeys(RECORD_SCHEMA.names)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def told(member: str) -> list[tuple[str, Event]]:
    """What the ledger says of a member who permits everything."""
    said = [
        Event(EventType.MEMBER_REGION, LONG_AGO, member, None, "DE"),
        Event(EventType.MEMBER_BIRTH_DATE, LONG_AGO, member, None, "1980-05-05"),
        *(Event(EventType.NOTICE_DELIVERED, LONG_AGO, member, notice) for notice in PACK.notices),
    ]
    return [(member, event) for event in said]


def post(ident: str, author: str = "ann", **given) -> dict:
    made_at = datetime(2024, 1, 1, tzinfo=UTC)
    return {**NOBODY, "id": ident, "author": author, "category": "post", "visibility": "public", "created_at": made_at,
            "text": f"text of {ident}", **given}  # fmt: skip


def question(tmp_path, rows, *, members=("ann", "bob"), more=(), valid_until=None):
    events = [*(event for member in members for event in told(member)), *more]
    net = Network(list(members), events, rows, len(events))
    table, columns = write(net, tmp_path)
    return ask(PACK, PURPOSE, [("records", table)], columns, AT, tmp_path, valid_until)


def reasons(lake, asked):
    return {ident: found[1] for ident, found in lake.answer(asked).decided.items()}


def test_a_platform_that_knows_enough_is_permitted(tmp_path, lake):
    assert reasons(lake, question(tmp_path, [post("p1")])) == {"p1": ()}


def test_a_row_of_nothing_is_denied(tmp_path, lake):
    asked = question(tmp_path, [{**NOBODY, "id": "p1"}, {**post("p2"), "id": None}])
    assert all(found for found in reasons(lake, asked).values())
    assert lake.answer(asked).permitted == {}


@pytest.mark.parametrize("column", ["region", "birth_date", "notice_ai_training_2025"])
def test_a_member_of_whom_one_thing_is_not_known_is_denied(tmp_path, lake, column):
    asked = question(tmp_path, [post("p1")])
    members = asked.state["assent_members"]
    place = members.schema.get_field_index(column)
    nothing = pa.nulls(members.num_rows, members.schema.field(column).type)
    changed = members.set_column(place, members.schema.field(column), nothing)
    assert lake.answer(replace(asked, state={**asked.state, "assent_members": changed})).permitted == {}


@pytest.mark.parametrize("name", ["closed", "erased", "unreadable"])
def test_a_flag_that_is_null_denies(tmp_path, duckdb_lake, name):
    asked = question(tmp_path, [post("p1")])
    members = asked.state["assent_members"]
    place = members.schema.get_field_index(name)
    changed = members.set_column(place, pa.field(name, pa.bool_()), pa.nulls(members.num_rows, pa.bool_()))
    assert duckdb_lake.answer(replace(asked, state={**asked.state, "assent_members": changed})).permitted == {}


def broken_states(asked):
    """Exports with something wrong about them, by what it is."""
    state = asked.state["assent_state"]
    excluded = asked.state["assent_excluded"]

    def with_state(column, value):
        place = state.schema.get_field_index(column)
        made = pa.array([value] * state.num_rows, state.schema.field(column).type)
        return {"assent_state": state.set_column(place, state.schema.field(column), made)}

    return {
        "no state": {"assent_state": state.slice(0, 0)},
        "two states": {"assent_state": pa.concat_tables([state, state])},
        "too old": with_state("valid_until", LONG_AGO),
        "for other rules": with_state("pack", "0" * 64),
        "from another export": with_state("export", "another"),
        "an exclusion is missing": {"assent_excluded": excluded.slice(1)},
        "an exclusion too many": {"assent_excluded": pa.concat_tables([excluded, excluded])},
        "a hold is missing": with_state("holds", 1),
        "a finding is missing": with_state("sensitive", 1),
        "no members": {"assent_members": asked.state["assent_members"].slice(0, 0)},
    }


def test_an_export_that_is_stale_mixed_or_cut_short_denies_everything(tmp_path, postgres_lake):
    out = [("bob", Event(EventType.RECORD_EXCLUDED, LONG_AGO, "bob", "p9"))]
    asked = question(tmp_path, [post("p1"), post("p2", parent="p1")], more=out)
    assert set(postgres_lake.answer(asked).permitted) == {"p1", "p2"}
    for what, tables in broken_states(asked).items():
        found = postgres_lake.answer(replace(asked, state={**asked.state, **tables}))
        assert (what, found.permitted) == (what, {})
        assert {each[1] for each in found.decided.values()} >= {("state_missing",)}, what


def test_a_record_is_denied_with_its_original_however_far_away(tmp_path, lake):
    chain = [post("p0"), *(post(f"p{place}", parent=f"p{place - 1}") for place in range(1, 12))]
    circle = [post("c1", parent="c2"), post("c2", parent="c1"), post("c3", parent="c2")]
    asked = question(tmp_path, [*chain, *circle, post("x", parent="nowhere")])
    assert set(lake.answer(asked).permitted) == {f"p{place}" for place in range(12)}
    denied = question(tmp_path, [{**chain[0], "excluded": True}, *chain[1:]])
    assert lake.answer(denied).permitted == {}


def test_two_records_of_one_id_are_nobodys_original(tmp_path, postgres_lake):
    asked = question(tmp_path, [post("p1"), post("p1x"), post("p2", parent="p1")])
    table = asked.tables[0][1]
    rows = pq.read_table(table.files[0]).to_pylist()
    rows[1]["id"] = "p1"
    pq.write_table(pa.Table.from_pylist(rows, RECORD_SCHEMA), table.files[0])
    plain, schema = prepare_postgres(asked, postgres_lake.server.url())
    with psycopg.connect(plain) as connection:
        view = f'"{schema}".assent_{PURPOSE}_records_decided'
        found = connection.execute(f"SELECT reasons FROM {view} WHERE id = 'p2'").fetchall()
    assert found == [(["derived_from_excluded"],)]


def test_a_reader_of_a_view_sees_nothing_of_what_it_leaves_out(tmp_path, postgres_lake):
    """Not the tables, not the other views; and no function of theirs is shown a row that the view refuses."""
    asked = question(tmp_path, [post("p1"), post("p2", author="stranger", text="nobody may see this")])
    plain, schema = prepare_postgres(asked, postgres_lake.server.url())
    prefix = f'"{schema}".assent_{PURPOSE}_'
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{schema}_reader"')
        connection.execute(f'GRANT USAGE, CREATE ON SCHEMA "{schema}" TO "{schema}_reader"')
        connection.execute(f'GRANT SELECT ON {prefix}records TO "{schema}_reader"')
        heard: list[str] = []
        connection.add_notice_handler(lambda notice: heard.append(notice.message_primary))
        connection.execute(f'SET ROLE "{schema}_reader"')
        connection.execute(
            f"""CREATE FUNCTION "{schema}".peek(given text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
            $$ BEGIN RAISE NOTICE '%', given; RETURN true; END $$"""
        )
        rows = connection.execute(f'SELECT text FROM {prefix}records WHERE "{schema}".peek(text)').fetchall()
        for hidden in (
            f'"{schema}".records',
            f'"{schema}".assent_members',
            f"{prefix}_judged",
            f"{prefix}records_decided",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {hidden}")
    assert rows == [("text of p1",)]
    assert heard == ["text of p1"]


def test_no_one_of_the_platform_is_named_in_the_sql(tmp_path):
    net = network(3, PACK)
    table, events = write(net, tmp_path)
    asked = ask(PACK, PURPOSE, [("records", table)], events, AT, tmp_path)
    for dialect in ("duckdb", "spark", "postgres", "trino"):
        text = "\n".join(statements(asked, dialect))
        assert [name for name in net.members if f"'{name}'" in text] == []
        assert [row["id"] for row in net.rows if f"'{row['id']}'" in text] == []
