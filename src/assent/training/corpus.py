"""Public text that a base learns from, and where it came from.

    corpus = public_corpus(seed=1, size=2_000_000)      # made up by a grammar: belongs to nobody
    corpus = read_corpus([Path("onet")], licence="CC BY 4.0")
    corpus.texts, corpus.sources                        # the texts; name, licence, digest and size of each file

A file ending in `.txt` is one text a paragraph, in `.jsonl` the `text` of each line, in `.tsv` each row's columns
as one text; a folder is all of these in it, by name.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from assent.errors import InputError
from assent.training.public_text import public_texts

LICENCE: Final = "Apache-2.0"
"""Of the text that is made up here: the project's own."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where public text came from. Unit of `bytes`: of the file, or of UTF-8 text where there is none."""

    name: str
    licence: str
    sha256: str
    texts: int
    bytes: int

    def to_json(self) -> dict[str, Any]:
        """All of it by name."""
        return asdict(self)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Source:
        """The source that a declaration states."""
        return cls(**{name: given[name] for name in ("name", "licence", "sha256", "texts", "bytes")})


@dataclass(frozen=True, slots=True)
class Corpus:
    """Public texts, in a fixed order."""

    texts: tuple[str, ...]
    sources: tuple[Source, ...]


def read_corpus(paths: Iterable[Path], *, licence: str) -> Corpus:
    """The texts of those files and folders, in the order given, a folder's by name.

    Raises:
        InputError: a file is missing, of another kind, or cannot be read; or nothing holds any text.
    """
    texts: list[str] = []
    sources: list[Source] = []
    for path in (file for given in paths for file in _files(given)):
        try:
            data = path.read_bytes()
            found = [text for text in _READ[path.suffix](data.decode()) if text.strip()]
        except OSError as error:
            raise InputError(f"`{path}` cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise InputError(f"`{path}` is not UTF-8 text") from None
        except (ValueError, KeyError, TypeError, csv.Error) as error:
            raise InputError(f"`{path}` cannot be read: {error}") from None
        texts += found
        sources.append(Source(path.name, licence, sha256(data).hexdigest(), len(found), len(data)))
    if not texts:
        raise InputError("there is no public text to learn from", hint="give files of .txt, .jsonl or .tsv")
    return Corpus(tuple(texts), tuple(sources))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file() and each.suffix in _READ)
    if not path.is_file():
        raise InputError(f"there is no `{path}`")
    if path.suffix not in _READ:
        raise InputError(f"`{path}` is of no kind that is read", hint="give .txt, .jsonl or .tsv")
    return [path]


def _paragraphs(text: str) -> Iterator[str]:
    yield from (paragraph.strip() for paragraph in text.replace("\r\n", "\n").split("\n\n"))


def _lines(text: str) -> Iterator[str]:
    yield from (str(json.loads(line)["text"]) for line in text.split("\n") if line.strip())


def _rows(text: str) -> Iterator[str]:
    """Each row without its codes and numbers: what is left is read as one text."""
    rows = csv.reader(text.split("\n")[1:], delimiter="\t", quoting=csv.QUOTE_NONE)
    yield from (". ".join(cell.strip().rstrip(".") for cell in row if _worded(cell)) for row in rows)


def _worded(cell: str) -> bool:
    return len(cell) > len("n/a") and sum(map(str.isalpha, cell)) * 2 > len(cell)


_READ: Final[Mapping[str, Callable[[str], Iterator[str]]]] = {".txt": _paragraphs, ".jsonl": _lines, ".tsv": _rows}


def public_corpus(*, seed: int = 1, size: int = 3_000_000) -> Corpus:
    """Text about work made up by a grammar, at least `size` bytes of it; same seed and size, same text.

    It shares the trades' words with the synthetic network and none of its sentences, so a base that learned from
    it knows what the network is about and nothing of what a member wrote there.
    """
    texts, digest, told = [], sha256(), 0
    for text in public_texts(seed):
        data = text.encode()
        digest.update(data + b"\0")
        texts.append(text)
        told += len(data)
        if told >= size:
            break
    name = f"assent public text, seed {seed}"
    return Corpus(tuple(texts), (Source(name, LICENCE, digest.hexdigest(), len(texts), told),))
