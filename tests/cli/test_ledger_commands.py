import json

import pytest
from typer.testing import CliRunner

from assent.cli.ledger import app
from assent.errors import AssentError, EvidenceError, InputError

EVENT = '{"type":"setting.changed","member":"m1","setting":"ads","value":"off","effective_at":"2025-01-01T00:00:00Z"}'


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `assent ledger …` in a working folder; an Assent error is raised as it is."""
    (tmp_path / "assent.toml").write_text('[ledger]\norigin = "example.org/log"\n')
    monkeypatch.chdir(tmp_path)

    def call(*arguments, stdin=None):
        result = CliRunner().invoke(app, arguments, input=stdin)
        if isinstance(result.exception, AssentError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return call


@pytest.fixture
def ledger(run):
    run("init")
    return run


def test_init_shows_the_key_and_keeps_it_private(run, tmp_path):
    made = run("init", "--json")
    assert (made["size"], made["vkey"].startswith("example.org/log+")) == (0, True)
    assert (tmp_path / "keys" / "log.pem").stat().st_mode & 0o777 == 0o600


def test_init_twice_is_refused_and_changes_nothing(ledger):
    before = ledger("append", EVENT, "--json")
    with pytest.raises(InputError, match="already"):
        ledger("init")
    assert ledger("append", EVENT, "--json")["first"] == before["stop"]


def test_append_by_options(ledger):
    ledger("append", "--type", "member.region", "--member", "m1", "--field", "region=DE")
    assert ledger("state", "m1", "--json")["state"]["region"] == "DE"


@pytest.mark.parametrize("text", [EVENT, f"[{EVENT},{EVENT}]", f"{EVENT}\n{EVENT}\n"])
def test_append_from_standard_input(ledger, text):
    assert ledger("append", "-", "--json", stdin=text)["recorded"] == text.count("setting.changed")


def test_append_from_a_file(ledger, tmp_path):
    (tmp_path / "events.json").write_text(EVENT)
    assert ledger("append", "events.json", "--json") == {"recorded": 1, "first": 0, "stop": 1, "size": 1}


@pytest.mark.parametrize(
    "arguments",
    [
        ["append"],
        ["append", "{"],
        ["append", "{}"],
        ["append", "[1]"],
        ["append", "nowhere.json"],
        ["append", "--type", "member.region", "--member", "m1", "--field", "DE"],
        ["append", "--type", "member.region", "--member", "m1", "--effective-at", "2025-01-01"],
        ["import", "nowhere.csv"],
        ["state", "m1", "--at", "yesterday"],
        ["state", "m1", "--size", "7"],
        ["proof"],
        ["proof", "0"],
        ["proof", "--check", "nowhere.txt"],
        ["verify", "nowhere"],
        ["verify", "--vkey", "nonsense"],
    ],
)
def test_bad_input_is_one_line(ledger, arguments):
    with pytest.raises(InputError) as caught:
        ledger(*arguments)
    assert ("\n" in caught.value.message, ledger("append", EVENT, "--json")["first"]) == (False, 0)


def test_state_at_a_moment_and_a_size(ledger):
    ledger("append", EVENT)
    ledger("append", EVENT.replace("off", "on").replace("2025", "2026"))
    settings = [
        ledger("state", "m1", "--at", at, "--size", size, "--json")["state"]["settings"]
        for at, size in (("2025-06-01T00:00:00Z", "2"), ("2026-06-01T00:00:00Z", "2"), ("2026-06-01T00:00:00Z", "1"))
    ]
    assert settings == [{"ads": "off"}, {"ads": "on"}, {"ads": "off"}]


def test_nothing_is_known_of_a_stranger(ledger):
    assert ledger("state", "stranger", "--json")["state"] is None


def test_import_reports_what_was_recorded(ledger, tmp_path):
    (tmp_path / "e.jsonl").write_text(f"{EVENT}\n{EVENT}\n")
    assert ledger("import", "e.jsonl", "--json") == {"recorded": 2, "first": 0, "stop": 2, "size": 2, "erased": 0}


def test_a_state_table_is_imported_by_difference(ledger, tmp_path):
    (tmp_path / "s.csv").write_text("member,setting,value,changed_at\nm1,ads,off,2025-01-01T00:00:00Z\n")
    ledger("import", "--state-table", "s.csv")
    again = ledger("import", "--state-table", "s.csv", "--json")
    assert (again["recorded"], again["same"], again["stale"]) == (0, 1, 0)


def test_a_revealing_proof_verifies_without_the_ledger(ledger, tmp_path, monkeypatch):
    ledger("append", EVENT)
    vkey = ledger("proof", "0", "--reveal", "--out", "p.txt", "--json")["vkey"]
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "p.txt").rename(tmp_path / "elsewhere" / "p.txt")
    (tmp_path / "assent.toml").unlink()
    monkeypatch.chdir(tmp_path / "elsewhere")
    checked = ledger("proof", "--check", "p.txt", "--vkey", vkey, "--json")
    assert (checked["verified"], checked["index"], checked["event"]["setting"]) == (True, 0, "ads")


def test_a_plain_proof_verifies_with_its_leaf(ledger):
    ledger("append", EVENT)
    made = ledger("proof", "0", "--out", "p.txt", "--json")
    assert ledger("proof", "--check", "p.txt", "--leaf", made["leaf"], "--json")["size"] == 1


def test_a_proof_of_something_else_is_evidence_of_a_fault(ledger):
    ledger("append", EVENT)
    ledger("proof", "0", "--out", "p.txt")
    with pytest.raises(EvidenceError):
        ledger("proof", "--check", "p.txt", "--leaf", "00" * 32)


def test_verify_passes_on_a_sound_ledger(ledger):
    ledger("append", EVENT)
    assert ledger("verify", "--json")["ok"]


def test_verify_ends_with_the_exit_code_of_evidence_after_the_report(ledger, tmp_path):
    ledger("append", EVENT)
    (tmp_path / "ledger" / "log" / "tile" / "0" / "000.p" / "1").write_bytes(b"")
    with pytest.raises(EvidenceError, match=r"000\.p/1") as caught:
        ledger("verify")
    assert caught.value.exit_code == 4


def test_a_state_table_taken_for_events_is_told_the_option(ledger, tmp_path):
    (tmp_path / "now.csv").write_text("member,setting,value,changed_at\nm1,ads,off,2025-01-01T00:00:00Z\n")
    with pytest.raises(InputError) as refused:
        ledger("import", "now.csv")
    assert refused.value.hint == "a table of current settings is imported with --state-table"


def test_a_proof_checked_far_from_its_ledger_asks_for_the_key(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["proof", "--check", "p.txt"]).exception
    assert (refused.message, refused.hint) == (
        "no key to check the proof with",
        "give --vkey, the log's public key",
    )
