"""The page a person reads about a snapshot: what came in, what was refused and why, what it may be used for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assent.evidence.manifest import Counts, Curated, SnapshotManifest
from assent.policy.curation_words import DROPPED, PII
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.instants import format_instant
from assent.vocabulary.reasons import BY_LABEL


def write_card(manifest: SnapshotManifest, pack: Pack) -> str:
    """The card, as Markdown; it follows from the manifest and the pack alone."""
    purpose = pack.purposes[manifest.purpose]
    counts = manifest.counts
    share = f"{counts.allowed / counts.records:.1%}" if counts.records else "nothing"
    return "\n".join(
        [
            f"# Snapshot for “{purpose.title}”",
            "",
            (
                f"{counts.allowed:,} of {counts.records:,} records ({share}), written by {counts.members:,} members,"
                f" may be used for `{manifest.purpose}`."
            ),
            f"In {counts.masked:,} of them somebody who does not permit it is masked.",
            "",
            *_decided(manifest, purpose),
            "",
            *_rewritten(manifest),
            "## What was left out, and why",
            "",
            *_reasons(counts.denied, counts.reasons),
            "",
            *_curated(manifest.curation),
            "## What is in it",
            "",
            *_contents(counts),
            "",
            "## Where it came from",
            "",
            "| source | kind | files | bytes |",
            "|---|---|---:|---:|",
            *(
                f"| {each.source} | {each.kind}, {each.format.value} | {len(each.files)}"
                f" | {sum(file.bytes for file in each.files):,} |"
                for each in manifest.sources
            ),
            "",
            "## Limits",
            "",
            (
                "- It was true at the moment named above. Open it with `assent.open_snapshot`, which leaves out what"
                " was withdrawn since; reading the files directly does not."
            ),
            *_unseen(manifest.curation, purpose),
            (
                "- It holds personal data. The counts say how many were refused, `decisions/` says it of each record"
                " under a key that is kept apart."
            ),
            "- `assent verify` derives every decision again from the ledger, the rules and the sources.",
            "",
        ]
    )


_WITHDRAWAL = {
    "stop": "no further use; what was trained stays",
    "take_back": "left out of every read from then on, and out of these files at the next `assent sweep`; models that"
    " were trained before are not reached",
}


def _rewritten(manifest: SnapshotManifest) -> Iterable[str]:
    """What was taken back since it was decided, where something was."""
    if not manifest.withdrawals:
        return
    last = manifest.withdrawals[-1]
    yield "## What was taken back since"
    yield ""
    yield (
        f"Rewritten {_times(len(manifest.withdrawals))}, last with what was taken back by"
        f" {format_instant(last.at)}, ledger position {last.ledger_size:,}. It takes the place of"
        f" `{manifest.parent}`, whose files were removed. Everything else was decided as of the moment above."
    )
    if lost := sum(each.unmasked for each in manifest.withdrawals):
        yield (
            f"{lost:,} rows went that somebody who takes back could have been masked in: the files they came from"
            " had changed, so that nobody could."
        )
    yield ""


def _decided(manifest: SnapshotManifest, purpose: Purpose) -> list[str]:
    """As of when, by which rules, and how it is laid out."""
    return [
        "| decided | |",
        "|---|---|",
        f"| as of | {format_instant(manifest.at)}, ledger position {manifest.ledger_size:,} |",
        f"| by the rules of | `{manifest.pack_name}`, SHA-256 `{manifest.pack_digest}` |",
        f"| legal basis | {purpose.basis.value.replace('_', ' ')} |",
        f"| recipients | {', '.join(purpose.recipients) or 'none named'} |",
        f"| when somebody stops | {_WITHDRAWAL[purpose.withdrawal.value]} |",
        (
            f"| laid out in | {manifest.partition.shards} shards of {manifest.partition.slices} slices,"
            f" {len(manifest.files)} files |"
        ),
    ]


def _curated(curated: Curated | None) -> Iterable[str]:
    """What became of the texts of those that may be used, where the rules ask for something."""
    if curated is None:
        return
    yield from ("## What became of the texts", "")
    yield f"Records that count: {curated.kept:,}. Records in which personal data is masked: {curated.records:,}."
    if curated.clusters:
        yield f"Groups of near-duplicates, of each of which one record counts: {curated.clusters:,}."
    if curated.copied:
        yield f"Refused because they copy a refused record without naming it: {curated.copied:,}."
    yield ""
    if curated.masked:
        yield from ("| masked | times | in words |", "|---|---:|---|")
        yield from (f"| `{each}` | {curated.masked[each]:,} | {PII[each]} |" for each in PII if each in curated.masked)
        yield ""
    if curated.dropped:
        yield from ("| passed over | records | in words |", "|---|---:|---|")
        yield from (
            f"| `{each}` | {curated.dropped[each]:,} | {DROPPED[each]} |" for each in DROPPED if each in curated.dropped
        )
        yield ""


def _unseen(curated: Curated | None, purpose: Purpose) -> Iterable[str]:
    """What the texts may still hold."""
    if purpose.curation.mask:
        yield (
            "- What identifies people is found by rules and by learning; neither finds everything. `redactions` says"
            " what kind was masked where, and never what stood there."
        )
    else:
        yield "- People named in a text without being listed as its subjects are not recognised here."
    if purpose.unlinked_copies_denied:
        yield (
            "- Copies of refused records were looked for by likeness of their texts; what was shortened, translated or"
            " told anew is not recognised."
            if curated is not None
            else "- The rules leave out copies of refused records that carry no link; nobody looked for them here."
        )


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


FEWEST = 20
"""Regions with fewer records are told together: a row that counts one record points at one person."""


def _contents(counts: Counts) -> Iterable[str]:
    if not counts.allowed:
        yield "Nothing: no record may be used."
        return
    yield from _table("category", counts.allowed_by_category)
    yield ""
    yield from _table("region of the author", _told_together(counts.allowed_by_region))


def _told_together(counts: Mapping[str, int]) -> Mapping[str, int]:
    few = {name: number for name, number in counts.items() if number < FEWEST}
    if not few:
        return counts
    return {name: number for name, number in counts.items() if name not in few} | {_OTHERS: sum(few.values())}


_OTHERS = "other regions"


def _reasons(denied: Mapping[str, int], every: Mapping[str, int]) -> Iterable[str]:
    if not every:
        yield "Nothing."
        return
    yield (
        "The first column counts each record once, under the reason that is shown first; the second counts it under"
        " every reason that applies."
    )
    yield ""
    yield from ("| reason | shown first | applies | in words |", "|---|---:|---:|---|")
    order = list(BY_LABEL)
    for label in sorted(set(denied) | set(every), key=order.index):
        yield (f"| `{label}` | {denied.get(label, 0):,} | {every.get(label, 0):,} | {BY_LABEL[label].for_members} |")


def _table(title: str, counts: Mapping[str, int]) -> Iterable[str]:
    yield from (f"| {title} | records |", "|---|---:|")
    for name, number in sorted(counts.items(), key=lambda item: (item[0] == _OTHERS, -item[1], item[0])):
        yield f"| {name or 'unknown'} | {number:,} |"
