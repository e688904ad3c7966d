"""Hostile and broken exports: reported in a line, read as far as they go, never a crash, memory bounded."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import ExitStack

import pytest
from asking import report
from exports import table, write_export
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.errors import InputError
from assent.exposure import container, delimited
from assent.exposure.container import open_export
from assent.exposure.delimited import Defect, decode, split_rows
from assent.exposure.reading import take_inventory

GOOD = {"Skills.csv": "Name\nRust\n"}


def inventory_of(*paths):
    with ExitStack() as held:
        return take_inventory(open_export(paths, held))


def problems(*paths):
    return [(problem.where, problem.what) for problem in inventory_of(*paths).problems]


def skills(inventory):
    return sum(bundle.records for bundle in inventory.bundles.values() if bundle.traits.category == "profile.skill")


def answer(path):
    """The format of the report, or the one line that is said instead."""
    try:
        return report(path).to_json()["format"]
    except InputError as error:
        return error.message


def read_or_refused(path):
    """How many records are read, or the one line that is said instead."""
    try:
        return str(inventory_of(path).records)
    except InputError as error:
        return error.message


def test_exports_of_two_people_are_refused(zip_of):
    one, other = (
        zip_of({"Profile.csv": table(["First Name", "Last Name"], [[first, "Vermeer"]])}, f"{first}.zip")
        for first in ("Mira", "Joost")
    )
    with pytest.raises(InputError, match="these exports are of different people: `Mira Vermeer` and `Joost Vermeer`"):
        report(one, other)


def test_the_same_profile_in_both_parts_is_one_person(zip_of):
    one, other = (
        zip_of({"Profile.csv": table(["First Name", "Last Name"], [["Mira", "Vermeer "]])}, part)
        for part in ("basic.zip", "complete.zip")
    )
    assert report(one, other).records == 1


def add(path, name, data, *, change=lambda info: None, method=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    change(info)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, data)
    return path


@pytest.mark.parametrize(
    "name", ["/etc/Shares.csv", "../../Shares.csv", "a/../../Shares.csv", "C:/Shares.csv", "..\\Shares.csv"]
)
def test_a_name_that_leads_elsewhere_is_left_out(zip_of, name):
    path = add(zip_of(GOOD), name, "Date,ShareCommentary\n2024-01-01,a\n")
    found = inventory_of(path)
    assert [what for _, what in problems(path)] == ["has a name that leads out of the zip; left out"]
    assert set(found.files) == {"Skills"}


def test_a_bomb_is_left_out_and_the_rest_is_read(zip_of):
    path = add(zip_of(GOOD), "messages.csv", b"0" * (32 << 20))
    ((where, what),) = problems(path)
    assert (where, "zip bomb" in what, skills(inventory_of(path))) == ("messages.csv", True, 1)


def test_a_member_that_claims_to_be_huge_is_left_out(zip_of, monkeypatch):
    monkeypatch.setattr(container, "MEMBER_BYTES_LIMIT", 1 << 10)
    assert problems(zip_of({"Comments.csv": random.Random(1).randbytes(2 << 10), **GOOD})) == [
        ("Comments.csv", "would unpack to 0 GiB; left out")
    ]


def test_all_members_together_have_a_limit(zip_of, monkeypatch):
    monkeypatch.setattr(container, "TOTAL_BYTES_LIMIT", 30)
    found = inventory_of(zip_of({"Skills.csv": "Name\nRust\n", "Comments.csv": "Message\n" + "x" * 30}))
    assert ([what for _, what in [(p.where, p.what) for p in found.problems]], skills(found)) == (
        ["has more than is read; the rest is left out"],
        1,
    )


def test_a_link_in_a_zip_is_left_out(zip_of):
    def as_link(info):
        info.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert problems(add(zip_of(GOOD), "Shares.csv", "/etc/passwd", change=as_link)) == [
        ("Shares.csv", "is a link; left out")
    ]


def test_links_and_pipes_in_a_folder_are_left_out(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Skills.csv").write_text("Name\nRust\n")
    (folder / "Shares.csv").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "Comments.csv")
    assert sorted(problems(folder)) == [
        ("Comments.csv", "is no plain file; left out"),
        ("Shares.csv", "is a link; left out"),
        ("loop", "is a link; left out"),
    ]


def test_an_encrypted_member_is_left_out(zip_of):
    path = zip_of({**GOOD, "Shares.csv": "Date\n"})
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(signature) + place] |= 1
    path.write_bytes(data)
    assert problems(path) == [("Shares.csv", "is encrypted; left out")]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_compression_is_left_out(zip_of, method):
    path = add(zip_of(GOOD), "Shares.csv", "Date\n", method=method)
    assert problems(path) == [("Shares.csv", "is compressed in a way exports are not; left out")]


def test_a_zip_in_a_zip_is_named(zip_of):
    assert problems(zip_of({**GOOD, "inner.zip": zip_of(GOOD, "inner.zip").read_bytes()})) == [
        ("inner.zip", "is a zip in the export; unpack it and name it as well")
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_a_zip_is_read_once(zip_of):
    path = add(zip_of(GOOD), "Skills.csv", "Name\nRust\nPatience\n")
    assert (skills(inventory_of(path)), problems(path)) == (
        2,
        [("Skills.csv", "is in the zip twice; both were read, equal rows counted once")],
    )


def test_damage_in_a_member_is_said(zip_of):
    path = zip_of({**GOOD, "messages.csv": table(["FROM", "CONTENT"], [["a", str(number)] for number in range(5000)])})
    data = bytearray(path.read_bytes())
    place = data.index(b"messages.csv") + 4000
    data[place : place + 40] = b"\xff" * 40
    path.write_bytes(data)
    assert ("messages.csv", str(Defect.DAMAGED)) in problems(path)


@pytest.mark.parametrize("keep", [0, 3, 40, -30])
def test_a_zip_that_was_cut_off_gives_one_line(tmp_path, keep):
    path = write_export(tmp_path / "export.zip", messages=5)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="is no zip, or was cut off"):
        report(path)


def test_a_huge_table_of_contents_is_refused(zip_of):
    path = zip_of(GOOD)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 1 << 30)
    path.write_bytes(data)
    with pytest.raises(InputError, match="lists too many files"):
        report(path)


@pytest.mark.parametrize("name", ["missing.zip", "x\0y", "a" * 5000])
def test_a_path_that_is_none_gives_one_line(tmp_path, name):
    with pytest.raises(InputError, match=r"does not exist|cannot be read"):
        report(tmp_path / name)


def test_an_archive_of_something_else_gives_one_line(zip_of):
    with pytest.raises(InputError, match="nothing in there is a file of a data export"):
        report(zip_of({"holiday.jpg": b"\xff\xd8"}))


def rows_of(data: bytes, delimiter=","):
    defects = Counter()
    return list(split_rows(decode(io.BytesIO(data), defects), delimiter, defects)), defects


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(zip_of, encoding):
    bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
    assert skills(inventory_of(zip_of({"Skills.csv": bom + "Name\r\nÉté\r\n雪\r\n".encode(encoding)}))) == 2


def test_windows_1252_is_read_where_it_stands():
    assert rows_of("é,".encode() + "é…".encode("cp1252")) == ([["é", "é…"]], {Defect.NOT_UTF8: 2})


def test_nuls_are_left_out():
    assert rows_of(b"a\0b,c\n") == ([["ab", "c"]], {Defect.NUL: 1})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    assert rows_of(f'a,"b{end}c"{end}{end}d,e'.encode())[0] == [["a", f"b{end}c"], ["d", "e"]]


def test_a_quote_that_is_never_closed_is_said():
    assert rows_of(b'a,"b\nc') == ([["a", "b\nc"]], {Defect.OPEN_QUOTE: 1})


def test_quotes_as_people_write_them():
    assert rows_of(b'5" pipe,"he said ""no""","x"y,""\n')[0] == [['5" pipe', 'he said "no"', "xy", ""]]


def test_a_long_field_is_cut_and_the_next_row_is_read():
    rows, defects = rows_of(b"a," + b"x" * (3 << 20) + b'\n"' + b'y""' * (1 << 20) + b'",z\nb,c\n')
    assert [len(field) for field in rows[0]] == [1, delimited.FIELD_LIMIT]
    assert (len(rows[1][0]), rows[2], defects) == (delimited.FIELD_LIMIT, ["b", "c"], {Defect.CUT: 2})


def test_too_many_columns_are_cut():
    rows, defects = rows_of(b"a," * 5000 + b"\nb,c\n")
    assert (len(rows[0]), rows[1], defects) == (delimited.COLUMN_LIMIT, ["b", "c"], {Defect.WIDE: 1})


def test_too_many_lines_are_left(monkeypatch):
    monkeypatch.setattr(delimited, "LINE_LIMIT", 10)
    assert rows_of(b"a\n" * (delimited.CHUNK_BYTES + 1))[1] == {Defect.LONG: 1}


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
            min_size=1,
            max_size=4,
        ),
        max_size=6,
    ),
    st.integers(1, 9),
)
def test_rows_come_back_however_they_are_chunked(rows, size):
    quoted = [[f'"{field.replace(chr(34), chr(34) * 2)}"' for field in row] for row in rows]
    text = "".join(",".join(row) + "\n" for row in quoted)
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    defects = Counter()
    kept = [row for row in rows if any(field and not field.isspace() for field in row)]
    assert (list(split_rows(pieces, ",", defects)), defects) == (kept, {})


WHOLE_LINE = """
import resource, sys
from pathlib import Path
from contextlib import ExitStack
from assent.exposure.container import open_export
from assent.exposure.reading import take_inventory
resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
with ExitStack() as held:
    found = take_inventory(open_export([Path(sys.argv[1])], held))
print(found.records, [str(problem.what) for problem in found.problems])
"""


def test_a_line_of_gigabytes_is_read_in_bounded_memory(tmp_path):
    path = tmp_path / "Comments.csv"
    with path.open("wb") as file:
        file.write(b"Date,Link,Message\n2024-01-01,l,ok\n2024-01-02,l,")
        file.truncate(700 << 20)  # a hole of zeros: NULs in one line, more than all the memory allowed
        file.seek(0, os.SEEK_END)
        for _ in range(32):
            file.write(b"x" * (1 << 20))
        file.write(b"\n2024-01-03,l,also\n")
    done = subprocess.run([sys.executable, "-c", WHOLE_LINE, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"3 ['{Defect.NUL}', '{Defect.CUT}']"


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.binary(max_size=400))
def test_any_bytes_give_one_line(tmp_path, data):
    path = tmp_path / "any.zip"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        report(path)
    assert "\n" not in raised.value.message


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_export(tmp_path_factory.mktemp("fuzz") / "export.zip", messages=5).read_bytes()


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.data())
def test_any_damage_to_a_zip_gives_a_report_or_one_line(tmp_path, whole, data):
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "changed.zip"
    path.write_bytes(changed)
    assert "\n" not in read_or_refused(path)


NAMES = st.sampled_from(
    [
        "Shares.csv",
        "messages.csv",
        "Profile.csv",
        "Ad_Targeting.csv",
        "Connections.csv",
        "Articles/Articles/a.html",
        "x/Skills_1.csv",
        "odd.csv",
    ]
)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    st.dictionaries(
        NAMES,
        st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))),
    )
)
def test_any_content_of_known_files_gives_a_report_or_one_line(zip_of, members):
    assert answer(zip_of(members)) in {"assent-exposure-1", "nothing in there is a file of a data export that is known"}


def test_terminal_codes_in_an_export_do_nothing(zip_of):
    found = report(zip_of({"Skills.csv": "Name\n\x1b[2J\u202eRust\x07\n", "\x1b[31mred.csv": "a"}))
    text = str(found.to_json())
    assert [character for character in "\x1b\u202e\x07" if character in text] == []
