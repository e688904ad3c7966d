"""A process that makes every n-th chunk: `python -m assent.sources.synthetic.worker ARGUMENTS`.

A process of its own, and not one of a pool, because a pool's children import the caller's main module:
a script without a guard, or a notebook, would start itself again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from assent.sources.synthetic.chunks import Maker
from assent.sources.synthetic.plan import Plan


def main(arguments: str) -> None:
    """The chunks the arguments name are written; one line of JSON for each, as it is done.

    A caller that is gone closes the pipe, and the next line ends this process too.
    """
    given = json.loads(arguments)
    maker = Maker(Plan(given["seed"], given["members"], given["records"], given["mentions"], given["jobs"]))
    for chunk in given["chunks"]:
        sys.stdout.write(json.dumps(maker.write(Path(given["folder"]), chunk)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except OSError as error:
        sys.exit(f"cannot write the network: {(error.strerror or str(error)).lower()}")
