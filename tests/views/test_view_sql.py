"""The SQL itself: nothing in it that a dialect lacks, and for Trino, which nobody runs here, the text as it was read."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from assent.gate import sql
from assent.gate.views import DIALECTS, LakeTable, render, rows, write_tables, write_views
from assent.gate.views.render import allowed_functions, allowed_nodes
from assent.policy.load import load_pack
from assent.policy.pack import AgeAt, Basis, CategoryRule, Kind, Notice, Others, Pack, Purpose, Setting
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold
from assent.vocabulary.tables import CANONICAL, Column

GOLDEN = Path(__file__).parent / "golden" / "trino.sql"
START = datetime(2025, 11, 3, tzinfo=UTC)
TABLES = [
    LakeTable("posts", ("lake", "posts"), {**CANONICAL, "visibility": Column(source="audience", values={"ALL": "public"}),
                                           "aipref": Column(source="robots", also=("header",))}, "Europe/Amsterdam"),
    LakeTable("notes", ("lake", "notes"), {"id": Column(source="key"), "category": Column(constant="note")}),
]  # fmt: skip


def small_pack() -> Pack:
    """A pack with one of everything, which no release changes."""
    purpose = Purpose(
        name="train",
        title="Training",
        kind=Kind.GENERATIVE_TRAINING,
        basis=Basis.LEGITIMATE_INTEREST,
        coverage={"DE": START, "US": None},
        scope={
            "post": CategoryRule(frozenset({"public"}), Others.MASK_OTHERS),
            "letter": CategoryRule(None, Others.ALL_MUST_PERMIT, two_person=True),
            "note": CategoryRule(),
        },
        setting="training",
        minimum_age=18,
        age_at=AgeAt.CREATION,
        notice="notice-1",
        waiting_period=timedelta(days=30),
        content_from=START - timedelta(days=400),
        sensitive_denied=True,
    )
    defaults = {code: "off" if code == "DE" else "on" for code in REGION_CODES}
    settings = {
        name: Setting(name, name, defaults, off_with) for name, off_with in (("training", ("all",)), ("all", ()))
    }
    return Pack(
        name="small",
        title="Small",
        digest="0" * 64,
        purposes={"train": purpose},
        settings=settings,
        notices={"notice-1": Notice("notice-1", "A notice")},
        groups={"both": frozenset({"DE", "US"})},
        never=frozenset({"message.private"}),
        holds=(Hold("train", "DE", START + timedelta(days=1), START + timedelta(days=2)),),
    )


def trees(dialect: str, pack: Pack, purpose: str) -> list[exp.Expression]:
    words = DIALECTS[dialect]
    read = rows(words, TABLES) if dialect != "duckdb" else exp.select("*").from_("canonical")
    views = write_views(words, pack, pack.purposes[purpose], TABLES, read, ("lake",))
    return [*write_tables(words, pack, ("lake",)), *(view.statement for view in views)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_statement_has_a_node_or_a_function_that_is_not_on_the_list(dialect):
    words = DIALECTS[dialect]
    # Between them these say everything a pack can say.
    for pack in (small_pack(), load_pack("professional-network-2025-11-safeguarded")):
        for purpose in {"train", "train_other", "share_affiliates"} & pack.purposes.keys():
            for tree in trees(dialect, pack, purpose):
                found = {type(node) for node in tree.walk()}
                called = {node.name for node in tree.find_all(exp.Anonymous)}
                assert found - allowed_nodes(words) == set()
                assert called - allowed_functions(words) == set()
                assert render(words, tree).endswith(";\n")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "foreign",
    ["SELECT a FROM t SEMI JOIN u ON t.a = u.a", "SELECT a FROM t ASOF JOIN u ON t.a >= u.a", "SELECT evil(a) FROM t",
     "SELECT a FROM t FULL JOIN u ON t.a = u.a", "INSERT INTO t SELECT 1", "DROP TABLE t", "SELECT a -> 'b' FROM t"],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused(dialect, foreign):
    with pytest.raises(AssertionError):
        render(DIALECTS[dialect], parse_one(foreign, dialect="duckdb"))


def test_trino_is_never_given_the_words_that_would_be_left_out():
    with pytest.raises(AssertionError, match="IS TRUE"):
        render(DIALECTS["trino"], exp.select(sql.certain(sql.col("a"))).from_("t"))
    pack = small_pack()
    for tree in trees("trino", pack, "train"):
        assert not [node for node in tree.find_all(exp.Is) if isinstance(node.expression, exp.Boolean)]


def test_a_view_is_secured_where_the_dialect_has_a_word_for_it():
    pack = small_pack()
    secured = {"postgres": "security_barrier=TRUE", "trino": "SECURITY DEFINER"}
    for dialect, words in secured.items():
        views = [render(DIALECTS[dialect], tree) for tree in trees(dialect, pack, "train") if tree.kind == "VIEW"]
        assert [view for view in views if words not in view] == []
        assert len(views) > 8


def test_the_sql_for_trino_is_what_was_read():
    """Set `ASSENT_WRITE_GOLDEN` to write it anew, and read the difference."""
    words, pack = DIALECTS["trino"], small_pack()
    header = "-- generated, not executed: no test of Assent runs this dialect\n\n"
    text = header + "\n".join(render(words, tree) for tree in trees("trino", pack, "train"))
    if "ASSENT_WRITE_GOLDEN" in os.environ:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()
