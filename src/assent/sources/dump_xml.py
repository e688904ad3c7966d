"""The `<row …/>` elements of a dump's XML file, one at a time, from a parser that expands and fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from assent.errors import InputError


def read_rows(path: Path, *, root: str) -> Iterator[Mapping[str, str]]:
    """The attributes of every row, in the file's order; memory stays flat.

    Args:
        root: the name of the outermost element; another one means that this is another file.

    Raises:
        InputError: the file is missing, truncated, in another encoding than it says, has the wrong root,
            or declares a document type or entities.
    """
    try:
        with path.open("rb") as stream:
            yield from _rows(path, iterparse(stream, events=("start", "end"), forbid_dtd=True), root)
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror or error}") from None
    except ParseError as error:
        raise InputError(
            f"`{path}` is no well-formed XML: {error}", hint="the file may be truncated or in another encoding"
        ) from None
    except DefusedXmlException:
        raise InputError(
            f"`{path}` declares a document type or entities, which a dump never does",
            hint="get the dump from its publisher again",
        ) from None
    except (LookupError, ValueError) as error:
        raise InputError(f"`{path}` has an encoding that cannot be read: {error}") from None


def _rows(path: Path, parsed: Iterator[tuple[str, object]], root: str) -> Iterator[Mapping[str, str]]:
    outermost = None
    for moment, element in parsed:
        if outermost is None:
            outermost = element
            if element.tag != root:  # type: ignore[attr-defined]
                raise InputError(f"`{path}` begins with <{element.tag}> where <{root}> belongs")  # type: ignore[attr-defined]
        elif moment == "end" and element is not outermost:
            if element.tag == "row":  # type: ignore[attr-defined]
                yield dict(element.attrib)  # type: ignore[attr-defined]
            outermost.clear()  # type: ignore[attr-defined]
