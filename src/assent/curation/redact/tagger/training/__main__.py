"""Writes the weights' file anew, or with `--check` says whether the one there is what training makes."""

from __future__ import annotations

import sys
from pathlib import Path

from assent.curation.redact.tagger.training.learning import train
from assent.curation.redact.tagger.weights import FILE


def main() -> int:
    """The file is written, or compared."""
    made = train()
    path = Path(__file__).resolve().parent.parent / FILE
    if "--check" in sys.argv[1:]:
        same = path.read_bytes() == made
        sys.stdout.write(f"{FILE} {'is' if same else 'is not'} what training makes\n")
        return 0 if same else 1
    path.write_bytes(made)
    sys.stdout.write(f"{FILE} {len(made)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
