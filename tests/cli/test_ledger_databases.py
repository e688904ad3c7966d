"""`assent ledger init --database`, `migrate` and `upgrade`, and a whole build on a ledger in PostgreSQL."""

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from assent.cli.ledger import app
from assent.errors import AssentError, InputError
from assent.ledger.moving import move_ledger
from assent.operations.verify import verify_folder
from small_world import make_world

EVENT = '{"type":"member.joined","member":"m1","effective_at":"2025-01-01T00:00:00Z"}'


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `assent ledger …` in a working folder; an Assent error is raised as it is."""
    (tmp_path / "assent.toml").write_text('[ledger]\norigin = "example.org/log"\n')
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, AssentError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return call


def test_init_makes_the_ledger_where_it_is_told(run, postgres, tmp_path):
    url = postgres.url()
    run("init", "--database", url)
    run("append", EVENT)
    assert ((tmp_path / "ledger" / "database").read_text().strip(), run("verify", "--json")["agrees"]) == (url, 1)


def test_init_makes_the_ledger_where_the_settings_say(run, postgres, tmp_path):
    with (tmp_path / "assent.toml").open("a") as config:
        config.write(f'database = "{postgres.url()}"\n')
    run("init")
    assert (tmp_path / "ledger" / "database").is_file()


def test_a_password_in_the_settings_is_refused(run, tmp_path):
    with (tmp_path / "assent.toml").open("a") as config:
        config.write('database = "postgresql://a:secret@db/x"\n')
    with pytest.raises(InputError, match=r"ledger\.database.*password") as caught:
        run("init")
    assert "secret" not in str(caught.value)


def test_a_url_that_leads_nowhere_leaves_no_ledger_behind(run, tmp_path):
    with pytest.raises(AssentError):
        run("init", "--database", "postgresql://a@127.0.0.1:1/b")
    assert list((tmp_path / "ledger").iterdir()) == []


def test_a_second_ledger_in_a_schema_is_refused_and_told_how_to_have_one(run, postgres, tmp_path):
    url = postgres.url("shared")
    run("init", "--database", url)
    (tmp_path / "ledger").rename(tmp_path / "first")
    with pytest.raises(InputError, match="already") as caught:
        run("init", "--database", url)
    assert "?schema=name" in caught.value.hint


def test_migrate_says_where_the_old_database_is_and_what_it_holds(run, postgres, tmp_path):
    run("init")
    run("append", EVENT)
    said = run("migrate", "--to", postgres.url())
    assert all(part in said for part in ("1 entries", "ledger-moved-away.db", "will be erased from now on"))


def test_migrate_there_and_back(run, postgres):
    run("init")
    run("append", EVENT)
    run("migrate", "--to", postgres.url())
    back = run("migrate", "--to", "sqlite", "--json")
    assert (back["to"], back["size"], run("verify", "--json")["ok"]) == ("sqlite", 1, True)


@pytest.fixture
def old(run, tmp_path):
    """A ledger as the first release left it."""
    run("init")
    run("append", EVENT)
    with sqlite3.connect(tmp_path / "ledger" / "ledger.db") as connection:
        connection.executescript(
            "DROP TABLE ledger_suppressed; ALTER TABLE ledger_head DROP COLUMN moved_to;"
            "UPDATE assent_schema SET version = 1;"
        )
    connection.close()
    return run


@pytest.mark.parametrize(
    "command", [("append", EVENT), ("state", "m1"), ("verify",), ("migrate", "--to", "postgresql:///x")]
)
def test_an_older_ledger_is_neither_read_nor_written_before_its_upgrade(old, command):
    with pytest.raises(InputError, match="version `1`") as caught:
        old(*command)
    assert caught.value.hint == "run `assent ledger upgrade`"


def test_an_upgraded_ledger_goes_on(old):
    assert old("upgrade", "--json") == {"before": 1, "after": 2}
    old("append", EVENT)
    assert old("verify", "--json")["agrees"] == 2


def test_upgrade_without_a_ledger_says_so(run):
    with pytest.raises(InputError, match="no ledger"):
        run("upgrade")


def test_a_build_on_a_ledger_in_postgresql_gives_the_same_rows_and_verifies(tmp_path, postgres):
    embedded, served = make_world(tmp_path / "a"), make_world(tmp_path / "b")
    move_ledger(served.workspace.ledger_folder, postgres.url())
    built = served.build()
    assert served.ids(built) == embedded.ids(embedded.build())
    assert verify_folder(built.path, workspace=served.workspace).ok


def test_a_withdrawal_in_postgresql_is_effective_at_the_next_read(tmp_path, postgres):
    world = make_world(tmp_path / "world")
    move_ledger(world.workspace.ledger_folder, postgres.url())
    built = world.build()
    before = world.ids(built)
    world.pass_time(minutes=1)
    world.tell({"type": "account.closed", "member": "m0", "effective_at": world.now.isoformat()})
    gone = before - world.ids(built)
    assert gone >= {"p-m0-0", "p-m0-2"}
