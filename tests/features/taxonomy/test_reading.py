"""ESCO and O*NET as they are handed out; anything else is told in one line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from assent.errors import EvidenceError, InputError
from assent.features.taxonomy.model import EMPTY
from assent.features.taxonomy.reading import read_esco, singular, with_onet
from assent.features.taxonomy.storing import read_taxonomy, write_taxonomy
from features.small_taxonomy import TAXONOMY

SKILLS = "conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,description\n"
OCCUPATIONS = "conceptUri,iscoGroup,preferredLabel,altLabels,hiddenLabels,status,description\n"


def archive(path: Path, **tables: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, text in tables.items():
            made.writestr(f"{name}.csv", text)
    return path


@pytest.fixture
def relations(tmp_path: Path) -> Path:
    return archive(
        tmp_path / "relations.zip",
        skillSkillRelations="originalSkillUri,relationType,relatedSkillUri\nx/s2,essential,x/s1\nx/s2,optional,x/gone\n",
        occupationSkillRelations="occupationUri,relationType,skillUri\nx/o1,essential,x/s2\nx/o1,optional,x/s1\n",
    )


@pytest.fixture
def classification(tmp_path: Path) -> Path:
    return archive(
        tmp_path / "classification.zip",
        skills_en=SKILLS + 'x/s1,knowledge,transversal,logic,,,released,Thinking.\nx/s2,,,write code,"coding\ncode",,released,\n'
        + "x/s3,,,old skill,,,retired,\n",
        occupations_en=OCCUPATIONS + "x/o1,2512,developer,programmer,,released,Writes code.\n",
    )  # fmt: skip


def test_occupations_and_skills_hang_together(classification: Path, relations: Path) -> None:
    taxonomy = read_esco(classification, relations)

    developer, code = taxonomy.occupations["o1"], taxonomy.skills["s2"]
    assert (developer.essential, developer.optional, code.needs, code.helped_by) == (("s2",), ("s1",), ("s1",), ())
    assert (code.alternatives, set(taxonomy.skills)) == (("coding", "code"), {"s1", "s2"})


def test_what_was_written_is_read(tmp_path: Path) -> None:
    written = write_taxonomy(TAXONOMY, tmp_path / "t")

    assert read_taxonomy(tmp_path / "t") == written


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert read_taxonomy(tmp_path / "t") == EMPTY


def test_a_flipped_byte_is_no_taxonomy(tmp_path: Path) -> None:
    write_taxonomy(TAXONOMY, tmp_path / "t")
    data = bytearray((tmp_path / "t").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "t").write_bytes(data)

    with pytest.raises(EvidenceError, match="is no taxonomy"):
        read_taxonomy(tmp_path / "t")


def test_the_wrong_zip_is_told(relations: Path) -> None:
    with pytest.raises(InputError, match="has no table `skills_"):
        read_esco(relations, relations)


def test_what_is_no_zip_is_told(tmp_path: Path, relations: Path) -> None:
    (tmp_path / "x.zip").write_text("hello")
    with pytest.raises(InputError, match="cannot read"):
        read_esco(tmp_path / "x.zip", relations)


def test_a_missing_column_is_told(tmp_path: Path, relations: Path) -> None:
    wrong = archive(tmp_path / "c.zip", skills_en="conceptUri,other\na,b\n")
    with pytest.raises(InputError, match="has no column `skillType`"):
        read_esco(wrong, relations)


@pytest.mark.parametrize(
    ("plural", "one"),
    [("Registered Nurses", "registered nurse"), ("Bus Companies", "bus company"), ("Glass Polishes", "glass polish")],
)
def test_names_are_compared_in_the_singular(plural: str, one: str) -> None:
    assert singular(plural) == singular(one)


@pytest.mark.external_data
def test_the_whole_of_esco_and_onet(external_data: Path) -> None:
    esco = external_data / "esco"
    taxonomy = with_onet(
        read_esco(esco / "esco-v1.1.1-classification-en.zip", esco / "esco-v1.1.1-relations.zip"),
        external_data / "onet",
    )

    pairs = sum(len(each.essential) + len(each.optional) for each in taxonomy.occupations.values())
    assert (len(taxonomy.occupations), len(taxonomy.skills), pairs) == (3007, 13896, 123788)
    assert sum(bool(each.tasks) for each in taxonomy.occupations.values()) > 250
