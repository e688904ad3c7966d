"""ESCO and O*NET as their publishers hand them out, read into one taxonomy.

ESCO comes as two zipped folders of CSV, O*NET as tab-separated tables. Neither is shipped: whoever runs Assent fetches
them under the publishers' terms and names the files.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from assent.errors import InputError
from assent.features.taxonomy.model import Occupation, OccupationId, Reuse, Skill, SkillId, SkillKind, Taxonomy

_MOST_BYTES: Final = 256 << 20  # of one table; ESCO's largest has 21 MB
_MOST_TASKS: Final = 40
_ATTRIBUTION: Final = "ESCO 1.1"


def read_esco(classification: Path, relations: Path) -> Taxonomy:
    """Every released occupation and skill of two ESCO downloads, with what hangs together.

    Args:
        classification: the zipped `classification` download, one language.
        relations: the zipped `relations` download of the same version.

    Raises:
        InputError: a file is no such download, or a table or column of it is missing.
    """
    links = _skill_links(relations)
    skills = {
        skill: Skill(
            skill,
            row["preferredLabel"].strip(),
            _names(row["altLabels"], row["hiddenLabels"], but=row["preferredLabel"]),
            row["description"].strip(),
            SkillKind(row["skillType"] or SkillKind.COMPETENCE),
            Reuse(row["reuseLevel"] or Reuse.SECTOR),
        )
        for row in _rows(classification, "skills_", _SKILL_COLUMNS)
        if row["status"] == "released"
        for skill in [SkillId(_last(row["conceptUri"]))]
    }
    skills = {
        each.id: replace(
            each,
            needs=_known(links["essential"][each.id], skills),
            helped_by=_known(links["optional"][each.id], skills),
        )
        for each in skills.values()
    }
    asked = _occupation_links(relations)
    occupations = {
        occupation: Occupation(
            occupation,
            row["preferredLabel"].strip(),
            _names(row["altLabels"], row["hiddenLabels"], but=row["preferredLabel"]),
            row["description"].strip(),
            row["iscoGroup"],
            _known(asked["essential"][occupation], skills),
            _known(asked["optional"][occupation], skills),
        )
        for row in _rows(classification, "occupations_", _OCCUPATION_COLUMNS)
        if row["status"] == "released"
        for occupation in [OccupationId(_last(row["conceptUri"]))]
    }
    if not occupations or not skills:
        raise InputError(f"`{classification}` holds no occupations", hint="name the zipped classification of ESCO")
    return Taxonomy(occupations, skills, _ATTRIBUTION)


def with_onet(taxonomy: Taxonomy, folder: Path) -> Taxonomy:
    """The same, with what people in an occupation do and use, where O*NET has an occupation of that name.

    Names are compared folded and in the singular, main names and alternatives alike; an occupation without a match
    stays as it is.

    Raises:
        InputError: a table of O*NET is missing or has other columns.
    """
    titles = {
        row["O*NET-SOC Code"]: row["Title"] for row in _tabbed(folder / "occupations.tsv", ("O*NET-SOC Code", "Title"))
    }
    tasks = _gathered(_tabbed(folder / "tasks.tsv", ("O*NET-SOC Code", "Task")), "Task")
    tools = _gathered(_tabbed(folder / "technologies.tsv", ("O*NET-SOC Code", "Example")), "Example")
    codes = {singular(title): code for code, title in sorted(titles.items(), reverse=True)}
    found = dict(taxonomy.occupations)
    for occupation in taxonomy.occupations.values():
        code = next((codes[name] for name in _singulars(occupation) if name in codes), None)
        if code is not None:
            found[occupation.id] = replace(occupation, tasks=tasks[code], technologies=tools[code])
    return replace(taxonomy, occupations=found, version=f"{taxonomy.version}, O*NET")


def singular(name: str) -> str:
    """An English title folded, each word without its plural ending.

    `Registered Nurses` and `registered nurse` are the same.
    """
    return " ".join(_without_plural(word) for word in name.casefold().replace("-", " ").replace(",", " ").split())


_SKILL_COLUMNS: Final = (
    "conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels", "hiddenLabels", "status", "description",
)  # fmt: skip
_OCCUPATION_COLUMNS: Final = (
    "conceptUri", "iscoGroup", "preferredLabel", "altLabels", "hiddenLabels", "status", "description",
)  # fmt: skip


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004 - `ties` stays
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _singulars(occupation: Occupation) -> Iterator[str]:
    for name in (occupation.label, *occupation.alternatives):
        yield singular(name)


def _skill_links(relations: Path) -> Mapping[str, Mapping[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {"essential": defaultdict(list), "optional": defaultdict(list)}
    for row in _rows(relations, "skillSkillRelations", ("originalSkillUri", "relationType", "relatedSkillUri")):
        found[row["relationType"]][_last(row["originalSkillUri"])].append(_last(row["relatedSkillUri"]))
    return found


def _occupation_links(relations: Path) -> Mapping[str, Mapping[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {"essential": defaultdict(list), "optional": defaultdict(list)}
    for row in _rows(relations, "occupationSkillRelations", ("occupationUri", "relationType", "skillUri")):
        found[row["relationType"]][_last(row["occupationUri"])].append(_last(row["skillUri"]))
    return found


def _known(named: Sequence[str], skills: Mapping[SkillId, Skill]) -> tuple[SkillId, ...]:
    return tuple(sorted({SkillId(each) for each in named if SkillId(each) in skills}))


def _names(*cells: str, but: str) -> tuple[str, ...]:
    found = {name.strip(): None for cell in cells for name in cell.split("\n") if name.strip()}
    found.pop(but.strip(), None)
    return tuple(found)


def _last(address: str) -> str:
    return address.rsplit("/", 1)[-1]


def _rows(archive: Path, table: str, columns: Iterable[str]) -> Iterator[dict[str, str]]:
    try:
        with zipfile.ZipFile(archive) as opened:
            entry = next((each for each in opened.infolist() if Path(each.filename).name.startswith(table)), None)
            if entry is None:
                raise InputError(
                    f"`{archive}` has no table `{table}…csv`", hint="name a zipped download of ESCO in CSV"
                )
            if entry.file_size > _MOST_BYTES:
                raise InputError(f"`{entry.filename}` in `{archive}` is larger than a table of ESCO can be")
            with opened.open(entry) as raw:
                yield from _read(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""), f"{archive}", columns, ",")
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise InputError(f"cannot read `{archive}`: {error}", hint="name a zipped download of ESCO in CSV") from error


def _tabbed(path: Path, columns: Iterable[str]) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as table:
            yield from _read(table, str(path), columns, "\t")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read `{path}`: {error}", hint="name a folder with O*NET's tables") from error


def _read(table: io.TextIOBase, name: str, columns: Iterable[str], delimiter: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(min(sys.maxsize, 1 << 24))
    rows = csv.DictReader(table, delimiter=delimiter)
    missing = [column for column in columns if column not in (rows.fieldnames or ())]
    if missing:
        raise InputError(f"`{name}` has no column `{missing[0]}`", hint="the layouts of ESCO 1.1 and O*NET 30 are read")
    try:
        for row in rows:
            yield {column: row.get(column) or "" for column in columns}
    except csv.Error as error:
        raise InputError(f"`{name}` is no table: {error}") from error


def _gathered(rows: Iterable[Mapping[str, str]], column: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        each = found[row["O*NET-SOC Code"]]
        if len(each) < _MOST_TASKS and row[column].strip():
            each.append(row[column].strip())
    return defaultdict(tuple, {code: tuple(texts) for code, texts in found.items()})
