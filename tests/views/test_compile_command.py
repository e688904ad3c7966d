"""`assent compile` as a command line sees it, and what it writes run by other programs: DuckDB, and psql's own COPY."""

from __future__ import annotations

import json
import subprocess

import duckdb
import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, InputError
from small_world import PURPOSE, joined, make_world, post, switched


@pytest.fixture(autouse=True)
def _world(tmp_path, monkeypatch):
    said = [*joined("ann"), *joined("bob"), switched("bob", "off", "2025-10-01T00:00:00Z")]
    make_world(tmp_path, said, [post("p1", "ann"), post("p2", "bob")])
    monkeypatch.chdir(tmp_path)


def run(*words: str):
    done = CliRunner().invoke(build_app("compile"), ["compile", *words, "--json"])
    if isinstance(done.exception, AssentError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def table_of(told) -> str:
    return next(view["table"] for view in told["views"] if view["table"])


def test_what_it_writes_for_duckdb_runs_there(tmp_path):
    told = run(PURPOSE, "--output", "sql", "--state", "state")
    assert (told["dialect"], told["executed"], told["state"]["rows"]["assent_members"]) == ("duckdb", True, 2)
    name = table_of(told)
    with duckdb.connect() as lake:
        lake.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('**/{name}*.parquet')")
        for table, path in told["state"]["files"].items():
            lake.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{path}')")
        lake.execute((tmp_path / "sql" / "views.sql").read_text())
        decided = lake.execute(
            f"SELECT id, allowed, reasons FROM assent_{PURPOSE}_{name}_decided ORDER BY id"
        ).fetchall()
        assert decided == [("p1", True, []), ("p2", False, ["setting_off"])]


def test_what_it_writes_for_postgresql_is_loaded_as_the_guide_says(tmp_path, postgres):
    told = run(PURPOSE, "--dialect", "postgres", "--output", "sql", "--state", "state")
    name = table_of(told)
    script = [
        "CREATE SCHEMA compiled; SET search_path TO compiled;",
        (
            f"CREATE TABLE {name} (id text, category text, author text, subjects jsonb, created_at timestamptz, visibility text,"
            " parent text, excluded boolean, aipref text, tdm_reservation text, cawg jsonb, context jsonb, text text);"
        ),
        (
            f"INSERT INTO {name} (id, category, author, created_at, visibility) VALUES"
            " ('p1', 'post', 'ann', '2024-05-01 09:00Z', 'public'), ('p2', 'post', 'bob', '2024-05-01 09:00Z', 'public');"
        ),
        "\\i sql/tables.sql",
        *(f"\\copy {table} FROM '{path}' (FORMAT csv, HEADER)" for table, path in told["state"]["files"].items()),
        "\\i sql/views.sql",
        f"SELECT id, allowed, reasons FROM assent_{PURPOSE}_{name}_decided ORDER BY id;",
    ]
    url = postgres.url().split("&schema=")[0]
    done = subprocess.run(
        ["psql", url, "-qAt", "-v", "ON_ERROR_STOP=1"],
        input="\n".join(script), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["p1|t|{}", "p2|f|{setting_off}"]


def test_trino_says_that_nobody_ran_it():
    told = run(PURPOSE, "--dialect", "trino", "--schema", "lake.assent", "--table", "records=lake.raw.records")
    assert not told["executed"]
    assert "-- generated, not executed" in told["views_sql"]
    assert '"lake"."raw"."records"' in told["views_sql"]
    view = 'VIEW "lake"."assent"."assent_train_generative_records" SECURITY DEFINER'
    assert view in " ".join(told["views_sql"].split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no_such_purpose"], "has no purpose `no_such_purpose`"),
        ([PURPOSE, "--dialect", "oracle"], "there is no dialect `oracle`"),
        ([PURPOSE, "--table", "nowhere=lake.posts"], "there is no table `nowhere`"),
        ([PURPOSE, "--table", "posts"], "`posts` names no table"),
        ([PURPOSE, "--schema", "a.b.c", "--dialect", "spark"], "more than three parts"),
        ([PURPOSE, "--state", "state", "--state-format", "xml"], "there is no format `xml`"),
    ],
)
def test_a_mistake_is_named(words, message):
    with pytest.raises(InputError, match=message):
        run(*words)


def test_a_source_that_is_no_table_is_refused(tmp_path):
    with (tmp_path / "assent.toml").open("a") as config:
        config.write('\n[sources.dump]\nkind = "stackexchange"\npath = "dump"\n')
    with pytest.raises(InputError, match="source `dump` is of the kind `stackexchange`, which no lake holds as tables"):
        run(PURPOSE)
