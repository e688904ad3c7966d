from __future__ import annotations

import json

import jsonschema
import pytest
from typer.testing import CliRunner

from assent.cli.policy import app
from assent.errors import InputError
from assent.policy.load import load_pack, pack_document, shipped_packs

SAFEGUARDED = "professional-network-2025-11-safeguarded"


def run(*arguments, code=0):
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code
    return result.stdout


def test_check_says_ok_with_the_digest():
    digest = load_pack("community-qa").digest
    assert run("check", "community-qa") == f"ok community-qa sha256:{digest[:16]}…\n"


def test_check_prints_every_problem_and_exits_2(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text('name = "x"\ntitel = "X"\n[purposes.p]\nkind = "trainig"\n', encoding="utf-8")
    printed = run("check", str(path), "community-qa", code=2).splitlines()
    assert printed[:4] == [
        f"{path}: title: is missing",
        f"{path}:2: titel: unknown key; did you mean `title`?",
        f"{path}:3: purposes.p.coverage: is missing",
        f"{path}:3: purposes.p.scope: is missing",
    ]
    assert printed[-1].startswith("ok community-qa")


def test_check_warns_of_a_rule_that_can_never_matter(tmp_path):
    path = tmp_path / "over.toml"
    path.write_text('name = "o"\ntitle = "O"\nextends = "community-qa"\n[notices.n]\ntitle = "N"\n', encoding="utf-8")
    assert run("check", str(path)).splitlines()[1] == f"warning: {path}:4: notices.n: no purpose uses it"


def test_check_in_json(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text("", encoding="utf-8")
    (found,) = json.loads(run("check", str(path), "--json", code=2))
    assert (found["digest"], found["problems"][0]) == (
        None,
        {"file": str(path), "line": None, "key": "name", "message": "is missing"},
    )


def test_list():
    assert [entry["name"] for entry in json.loads(run("list", "--json"))] == list(shipped_packs())


def test_show_in_json_is_the_merged_document():
    assert json.loads(run("show", SAFEGUARDED, "--json")) == pack_document(SAFEGUARDED)


@pytest.mark.parametrize("name", shipped_packs())
@pytest.mark.parametrize("command", ["show", "explain"])
def test_nothing_is_wider_than_the_terminal(command, name):
    """But for words that cannot be broken: a digest."""
    wide = [line for line in run(command, name).splitlines() if len(line) > 80 and "sha256:" not in line]
    assert wide == []


def test_explain_one_purpose():
    told = run("explain", SAFEGUARDED, "train_generative")
    assert told.splitlines()[0] == "Training AI models that generate content train_generative"
    sentences = " ".join(told.split())
    for expected in (
        "The EEA, Canada, Hong Kong, Switzerland and the United Kingdom since 3 November 2025",
        "everywhere else since 18 September 2024",
        "Contact, credential, private message, payment and salary, whatever you choose.",
        "It is on until you turn it off.",
        "Data privacy → How <platform> uses your data → Data for Generative AI Improvement: off.",
        "and 30 days have passed.",
        "everybody in it must permit it.",
        "unknown ages are left out.",
    ):
        assert expected in sentences


def test_explain_a_purpose_that_is_not_offered():
    with pytest.raises(InputError) as raised:
        run("explain", "community-qa", "train_other")
    assert raised.value.message == "pack `community-qa` offers no purpose `train_other`"


def test_schema_is_a_json_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema")))
