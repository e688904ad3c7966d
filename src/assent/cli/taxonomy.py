"""`assent taxonomy`: occupations and skills under one name each, from ESCO and O*NET."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assent.cli.frame import Json, emit, needing_extra, new_group
from assent.operations.workspace import open_workspace

app = new_group("Occupations and skills that titles and texts are linked to.")


@app.command("import")
def import_(
    classification: Annotated[Path, typer.Argument(help="ESCO's classification, the zip with its CSV files.")],
    relations: Annotated[Path, typer.Argument(help="ESCO's relations, the zip with its CSV files.")],
    onet: Annotated[
        Path | None, typer.Option(help="A folder with O*NET's occupations, tasks and technologies.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Link titles and skills to ESCO from now on; it is fetched by you, under its own terms."""
    with needing_extra("features"):
        from assent.operations.taxonomy import import_taxonomy

        taxonomy = import_taxonomy(open_workspace(), classification, relations, onet)
    told = {
        "occupations": len(taxonomy.occupations),
        "skills": len(taxonomy.skills),
        "with_tasks": sum(bool(each.tasks) for each in taxonomy.occupations.values()),
        "version": taxonomy.version,
        "digest": taxonomy.digest,
    }
    emit(
        as_json, told,
        lambda out: out.print(
            f"{told['occupations']:,} occupations, {told['skills']:,} skills ({taxonomy.version}).\n"
            "This service uses the ESCO classification of the European Commission.",
            markup=False,
        ),
    )  # fmt: skip
