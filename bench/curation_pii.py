"""How much of the labelled personal data is found, and how fast, beside the pattern recognisers of presidio-analyzer.

python -m bench.curation_pii [--tuning]

The sentences come from templates: rules are tuned on those with an even number, figures are of the odd ones. A gold
span counts as found when predicted spans of a corresponding type overlap it by at least half (intersection over
union); neighbours of one type with nothing but space and marks between them are one span, on both sides, because the
labels cut some addresses into their parts and leave others whole. `strict` asks for the very boundaries of the labels
as they are; `token` counts words. `covered` asks what a masked text needs: no letter or digit of the span is left.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from assent.curation.redact.hits import settle
from bench.report import Row

Span = tuple[int, int, str]
"""Start, end, type: of a prediction a `Pii` value, of a label the data set's own type."""

CORRESPONDING: dict[str, frozenset[str]] = {
    "PERSON": frozenset({"person"}),
    "EMAIL_ADDRESS": frozenset({"email"}),
    "PHONE_NUMBER": frozenset({"phone"}),
    "CREDIT_CARD": frozenset({"payment_card"}),
    "IBAN_CODE": frozenset({"iban"}),
    "US_SSN": frozenset({"national_id"}),
    "US_DRIVER_LICENSE": frozenset({"national_id"}),
    "IP_ADDRESS": frozenset({"ip_address"}),
    "DOMAIN_NAME": frozenset({"url"}),
    # The labels call a town inside some addresses part of it, inside others a place.
    "STREET_ADDRESS": frozenset({"street_address", "postcode", "location"}),
    "ZIP_CODE": frozenset({"postcode", "street_address"}),
    "GPE": frozenset({"location"}),
    "ORGANIZATION": frozenset({"organization"}),
    "NRP": frozenset({"group"}),
    "DATE_TIME": frozenset({"date_time", "date_of_birth"}),
    "AGE": frozenset({"age"}),
    "TITLE": frozenset({"title"}),
}
STRUCTURED = (
    "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "US_DRIVER_LICENSE", "DOMAIN_NAME",
    "STREET_ADDRESS", "ZIP_CODE", "DATE_TIME", "AGE", "TITLE",
)  # fmt: skip
_OWN = {kind: gold for gold, kinds in reversed(CORRESPONDING.items()) for kind in kinds if len(kinds) == 1}
_OWN |= {"street_address": "STREET_ADDRESS", "postcode": "ZIP_CODE", "date_time": "DATE_TIME"}
_OWN |= {"date_of_birth": "DATE_TIME", "national_id": "US_SSN", "location": "GPE"}
_BETWEEN = re.compile(r"[\W_]*")
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Counts:
    """What was found of one type."""

    gold: int = 0
    found: int = 0
    predicted: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.gold if self.gold else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def f2(self) -> float:
        over = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / over if over else 0.0


@dataclass(slots=True)
class Score:
    """Counts by the data set's type, four ways; `all` sums them up."""

    span: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    strict: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    token: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    covered: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def all(self, way: str, types: Iterable[str] | None = None) -> Counts:
        counts: dict[str, Counts] = getattr(self, way)
        chosen = [counts[each] for each in (counts if types is None else types) if each in counts]
        return Counts(*(sum(getattr(each, name) for each in chosen) for name in Counts.__slots__))


def score(texts: Sequence[str], predicted: Sequence[Sequence[Span]], gold: Sequence[Sequence[Span]]) -> Score:
    """How well the predicted spans of each text meet its gold ones."""
    result = Score()
    for text, guesses, labels in zip(texts, predicted, gold, strict=True):
        _spans(result.span, _joined(text, guesses), _joined(text, labels))
        _strict(result.strict, guesses, labels)
        _tokens(result.token, text, guesses, labels)
        _covered(result.covered, text, guesses, labels)
    return result


def _joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those of one type as one where only space and marks lie between."""
    joined: list[Span] = []
    for start, end, kind in sorted(spans):
        if joined and joined[-1][2] == kind and _BETWEEN.fullmatch(text, min(joined[-1][1], start), start):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]), kind)
        else:
            joined.append((start, end, kind))
    return joined


def _spans(counts: dict[str, Counts], guesses: list[Span], labels: list[Span]) -> None:
    met: set[Span] = set()
    for label in labels:
        near = [each for each in guesses if each[2] in CORRESPONDING[label[2]] and _overlap(each, label)]
        counts[label[2]].gold += 1
        if near and _iou(label, near) >= 0.5:
            counts[label[2]].found += 1
            met.update(near)
    for guess in guesses:
        near = [each for each in labels if guess[2] in CORRESPONDING[each[2]] and _overlap(each, guess)]
        kind = near[0][2] if near else _OWN.get(guess[2], guess[2])
        counts[kind].predicted += 1
        counts[kind].right += guess in met


def _strict(counts: dict[str, Counts], guesses: Sequence[Span], labels: Sequence[Span]) -> None:
    for start, end, kind in labels:
        counts[kind].gold += 1
        counts[kind].found += any((start, end, own) in guesses for own in CORRESPONDING[kind])
    for start, end, kind in guesses:
        near = [own for s, e, own in labels if (s, e) == (start, end) and kind in CORRESPONDING[own]]
        owner = near[0] if near else _OWN.get(kind, kind)
        counts[owner].predicted += 1
        counts[owner].right += bool(near)


def _tokens(counts: dict[str, Counts], text: str, guesses: Sequence[Span], labels: Sequence[Span]) -> None:
    for word in _WORD.finditer(text):
        guess = next((kind for start, end, kind in guesses if start <= word.start() < end), None)
        label = next((kind for start, end, kind in labels if start <= word.start() < end), None)
        same = label is not None and guess in CORRESPONDING[label]
        if label is not None:
            counts[label].gold += 1
            counts[label].found += same
        if guess is not None:
            owner = label if label is not None and same else _OWN.get(guess, guess)
            counts[owner].predicted += 1
            counts[owner].right += same


def _covered(counts: dict[str, Counts], text: str, guesses: Sequence[Span], labels: Sequence[Span]) -> None:
    hidden = {at for start, end, _ in guesses for at in range(start, end)}
    for start, end, kind in labels:
        counts[kind].gold += 1
        counts[kind].found += all(at in hidden or not text[at].isalnum() for at in range(start, end))


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _iou(label: Span, near: Sequence[Span]) -> float:
    """Of a label and the union of guesses, which do not overlap each other."""
    shared = sum(_overlap(each, label) for each in near)
    return shared / (label[1] - label[0] + sum(each[1] - each[0] for each in near) - shared)


def labelled(half: int | None) -> tuple[list[str], list[list[Span]]]:
    """Texts and gold spans of the templates with an even (0) or odd (1) number, or of all."""
    root = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("ASSENT_TEST_DATA", root)) / "pii" / "presidio_synth_v2_dev.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if half is None or row["template_id"] % 2 == half]
    return [row["text"] for row in rows], [[(s["start"], s["end"], s["type"]) for s in row["spans"]] for row in rows]


def spans_of(hits: pa.Table, rows: int) -> list[list[Span]]:
    """The hits of each of so many texts."""
    spans: list[list[Span]] = [[] for _ in range(rows)]
    columns = (hits[name].to_pylist() for name in ("row", "start", "end", "type"))
    for row, start, end, kind in zip(*columns, strict=True):
        spans[row].append((start, end, kind))
    return spans


Finder = Callable[[pa.Array], pa.Table]


def finders() -> dict[str, list[Finder]]:
    """What is measured: structured alone, and with the tagger where it is there."""
    from assent.curation.redact import structured

    chosen: dict[str, list[Finder]] = {"structured": [structured.find]}
    try:
        from assent.curation.redact import tagger
    except ImportError:
        return chosen
    if not hasattr(tagger, "find"):
        return chosen
    return chosen | {"structured and tagger": [structured.find, tagger.find]}


def scored(finders: Sequence[Finder], half: int | None) -> Score:
    """The score of these finders, their overlaps settled, on one half of the labelled texts."""
    texts, gold = labelled(half)
    column = pa.array(texts)
    return score(texts, spans_of(settle([find(column) for find in finders]), len(texts)), gold)


def table(result: Score) -> str:
    """A line for each type: recall, precision and F2 of spans, then recall three other ways."""
    lines = [f"{'type':20}{'gold':>5}{'recall':>8}{'prec.':>7}{'F2':>6}{'strict':>8}{'token':>7}{'covered':>9}"]
    ways = ("span", "strict", "token", "covered")
    there = [each for each in CORRESPONDING if result.span[each].gold]
    lines += [_line(kind, *(getattr(result, way)[kind] for way in ways)) for kind in there]
    for name, types in (("structured types", STRUCTURED), ("all types", None)):
        lines.append(_line(name, *(result.all(way, types) for way in ways)))
    return "\n".join(lines)


def _line(name: str, span: Counts, strict: Counts, token: Counts, covered: Counts) -> str:
    return (
        f"{name:20}{span.gold:5}{span.recall:8.3f}{span.precision:7.3f}{span.f2:6.3f}"
        f"{strict.recall:8.3f}{token.recall:7.3f}{covered.recall:9.3f}"
    )


def measure(*, quick: bool) -> list[Row]:
    """Recall and F2 on the held-out half, and speed beside the peer."""
    rows = []
    for name, chosen in finders().items():
        result = scored(chosen, 1)
        print(f"\n{name}, templates with an odd number\n{table(result)}")
        recall = result.all("span", STRUCTURED).recall
        f2 = result.all("span").f2
        if name == "structured":
            rows.append(
                Row("redaction: recall of structured types, held out", "≥ 0.95", f"{recall:.3f}", recall >= 0.95)
            )
        else:
            rows.append(Row(f"redaction: F2 of all types, {name}, held out", "≥ 0.75", f"{f2:.3f}", f2 >= 0.75))
            person = result.span["PERSON"].f2
            rows.append(Row("redaction: F2 of persons, held out", "≥ 0.80", f"{person:.3f}", person >= 0.80))
    return [*rows, *speed(quick=quick)]


run = measure


def speed(*, quick: bool) -> list[Row]:
    """CPU time of the structured pass and of the peer's pattern recognisers on the same text."""
    from assent.curation.redact import structured

    texts, _ = labelled(None)
    times = 5 if quick else 40
    many = pa.array(texts * times)
    _peer(texts[:1])
    structured.find(many[:10])
    own = _cpu(lambda: structured.find(many)) / times
    peer = _cpu(lambda: _peer(texts[: len(texts) // (4 if quick else 1)])) * (4 if quick else 1)
    megabytes = sum(len(each.encode()) for each in texts) / 1e6
    return [
        Row("redaction: structured pass, labelled sentences", "-", f"{megabytes / own:.1f} MB/s per core", None),
        Row("redaction: speed against presidio's patterns", "≥ 20", f"{peer / own:.0f} times", peer / own >= 20),
    ]


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _peer(texts: Sequence[str]) -> int:
    """How many results the peer's pattern recognisers give, each asked directly: no language model is loaded."""
    import tldextract
    from presidio_analyzer import PatternRecognizer, RecognizerRegistry

    # Two recognisers ask for a list of domains; without a network they would wait for it at every text.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    chosen = [each for each in registry.recognizers if isinstance(each, PatternRecognizer)]
    return sum(len(each.analyze(text, each.supported_entities, None) or ()) for text in texts for each in chosen)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.curation_pii", description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the even half, without speed")
    options = parser.parse_args()
    if options.tuning:
        for name, chosen in finders().items():
            print(f"\n{name}, templates with an even number\n{table(scored(chosen, 0))}")
        return
    for row in measure(quick=True):
        print(f"{row.figure}: {row.measured} ({row.reach})")


if __name__ == "__main__":
    main()
