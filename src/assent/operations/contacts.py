"""Members' addresses, as the platform hands them over in a file. Addresses of a sign-in are not taken."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from assent.desk.contacts import Contact, put_contacts
from assent.errors import InputError
from assent.mail.message import check_address
from assent.operations.platform import Platform

COLUMNS = ("member", "address", "language")


def import_contacts(platform: Platform, path: Path) -> int:
    """Every row of the file is a member's address now; gives how many.

    Raises:
        InputError: the file or a row of it cannot be used; nothing was taken.
    """
    rows = _read(path).to_pylist()
    found = []
    for number, row in enumerate(rows, 1):
        if not row["member"]:
            raise InputError(f"row {number} of `{path.name}` names no member")
        try:
            address = check_address((row["address"] or "").strip())
        except InputError as error:
            raise InputError(f"row {number} of `{path.name}`: {error.message}", hint=error.hint) from None
        language = row["language"] or platform.workspace.text("portal.language")
        found.append(Contact(row["member"], address, language))
    erased = platform.ledger.suppressed([e.member for e in found]) if platform.ledger.has_suppressed else frozenset()
    kept = [each for each in found if each.member not in erased]  # whoever was erased does not come back by a file
    put_contacts(platform.desk, kept)
    return len(kept)


def _read(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            table = pq.read_table(path, columns=list(COLUMNS))
        else:
            types = dict.fromkeys(COLUMNS, pa.string())
            table = pc.read_csv(path, convert_options=pc.ConvertOptions(column_types=types, include_columns=COLUMNS))
        return table.cast(pa.schema([(name, pa.string()) for name in COLUMNS]))
    except (OSError, KeyError, pa.ArrowException):
        raise InputError(
            f"`{path}` cannot be read", hint="give CSV or Parquet with the columns member, address, language"
        ) from None
