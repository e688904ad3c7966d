"""Tables as exports have them: any encoding, any line end, stray quotes, any size, in bounded memory.

    bytes ─ decode ─► pieces of text ─ split_rows ─► lists of fields

RFC 4180 with the leniency people's files need: a quote inside an unquoted field is a quote, whatever
follows a closing quote belongs to the field, LF, CR and CRLF all end a row. The `csv` module reads a
line at a time, so one line of two gigabytes would be held whole; here a field beyond its limit is cut.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import BinaryIO

FIELD_LIMIT = 1 << 18
"""Characters of one field that are kept."""
ROW_LIMIT = 1 << 20
"""Characters of one row that are kept."""
COLUMN_LIMIT = 1 << 10
LINE_LIMIT = 5_000_000
CHUNK_BYTES = 1 << 18


class Defect(StrEnum):
    """What had to be mended to read a file."""

    NOT_UTF8 = "bytes that are no UTF-8, read as Windows-1252"
    UTF16 = "in UTF-16 or UTF-32 instead of UTF-8"
    NUL = "NUL characters, left out"
    CUT = "fields too long to keep, cut"
    WIDE = "rows with too many columns, cut"
    OPEN_QUOTE = "a quotation mark that is never closed"
    LONG = "more lines than are read; the rest is left out"
    DAMAGED = "damaged in the archive; read up to the damage"


Defects = Counter[Defect]
_CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_ESCAPED = re.compile("[\udc80-\udcff]")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_QUOTES = re.compile('"+')
_LINE_END = re.compile(r"[\r\n]")


def decode(stream: BinaryIO, defects: Defects) -> Iterator[str]:
    """The text of a stream, piece by piece: UTF-8 with or without BOM, UTF-16 and -32 with one.

    Bytes that are no UTF-8 are read as Windows-1252 where they stand, so that a file of mixed origin
    loses nothing but them.
    """
    chunk = stream.read(CHUNK_BYTES)
    encoding = next((name for bom, name in _BOMS if chunk.startswith(bom)), "utf-8-sig")
    wide = encoding != "utf-8-sig"
    if wide:
        defects[Defect.UTF16] += 1
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace" if wide else "surrogateescape")
    while chunk:
        yield _mended(decoder.decode(chunk), defects)
        chunk = stream.read(CHUNK_BYTES)
    yield _mended(decoder.decode(b"", final=True), defects)


def _mended(text: str, defects: Defects) -> str:
    if "\0" in text:
        defects[Defect.NUL] += text.count("\0")
        text = text.replace("\0", "")
    escaped = 0 if text.isascii() else len(_ESCAPED.findall(text))
    if escaped:
        defects[Defect.NOT_UTF8] += escaped
        text = text.translate(_CP1252)
    return text


def split_rows(pieces: Iterable[str], delimiter: str, defects: Defects) -> Iterator[list[str]]:
    """The rows that have anything in them, each a list of its fields.

    Guarantee: holds at most one row of `ROW_LIMIT` characters besides the piece at hand.
    """
    splitter = _Splitter(delimiter, defects)
    for piece in pieces:
        yield from splitter.feed(piece)
        if splitter.lines >= LINE_LIMIT:
            defects[Defect.LONG] += 1
            return
    yield from splitter.close()


class _Splitter:
    """Where in a table the text is: in which row and field, inside or outside quotation marks."""

    def __init__(self, delimiter: str, defects: Defects) -> None:
        self.lines = 0
        self._delimiter = delimiter
        self._defects = defects
        self._special = re.compile(rf"[{re.escape(delimiter)}\r\n]")
        self._row: list[str] = []
        self._field: list[str] = []
        self._field_room = FIELD_LIMIT
        self._row_room = ROW_LIMIT
        self._is_cut = False
        self._quoted = False
        self._just_closed = False
        self._after_cr = False

    def feed(self, text: str) -> Iterator[list[str]]:
        """The rows that this piece completes."""
        place, end = 0, len(text)
        if self._after_cr and text:
            place = 1 if text[0] == "\n" else 0
            self._after_cr = False
        while place < end:
            if self._quoted:
                place = self._inside(text, place)
                continue
            if text[place] == '"' and (self._just_closed or not self._field) and len(self._row) < COLUMN_LIMIT:
                place = self._open(place)
                continue
            self._just_closed = False
            found = (self._special if len(self._row) < COLUMN_LIMIT else _LINE_END).search(text, place)
            self._keep(text[place : found.start() if found else end])
            if found is None:
                return
            place = found.end()
            if found[0] == self._delimiter:
                self._end_field()
                continue
            if found[0] == "\r":
                self._after_cr = place == end
                place += text.startswith("\n", place)
            yield from self._end_row()

    def close(self) -> Iterator[list[str]]:
        """The last row, when the file does not end with a line end."""
        if self._quoted:
            self._defects[Defect.OPEN_QUOTE] += 1
        yield from self._end_row()

    def _open(self, place: int) -> int:
        """A quote opens the field; one directly after a closing quote was an escaped quote across pieces."""
        self._keep('"' if self._just_closed else "")
        self._just_closed, self._quoted = False, True
        return place + 1

    def _inside(self, text: str, place: int) -> int:
        """A run of quotes is so many escaped ones, and the end of the field when one is left over."""
        found = _QUOTES.search(text, place)
        self._keep(text[place : found.start() if found else len(text)])
        if found is None:
            return len(text)
        pairs, left = divmod(found.end() - found.start(), 2)
        self._keep('"' * pairs)
        self._quoted = not left
        self._just_closed = bool(left) and found.end() == len(text)
        return found.end()

    def _keep(self, text: str) -> None:
        room = min(self._field_room, self._row_room)
        if len(text) > room:
            if not self._is_cut:
                self._defects[Defect.CUT] += 1
            self._is_cut = True
            text = text[:room]
        self._field_room -= len(text)
        self._row_room -= len(text)
        if text or not self._field:
            self._field.append(text)

    def _end_field(self) -> None:
        self._row.append("".join(self._field))
        self._field.clear()
        self._field_room = FIELD_LIMIT
        self._just_closed = False
        self._is_cut = len(self._row) == COLUMN_LIMIT
        if self._is_cut:
            self._defects[Defect.WIDE] += 1
            self._field_room = 0

    def _end_row(self) -> Iterator[list[str]]:
        self.lines += 1
        if len(self._row) < COLUMN_LIMIT:
            self._end_field()
        row, self._row = self._row, []
        self._field.clear()
        self._quoted = self._is_cut = False
        self._field_room, self._row_room = FIELD_LIMIT, ROW_LIMIT
        if any(field and not field.isspace() for field in row):
            yield row
