"""`python -m assent` is the same as `assent`."""

from assent.cli import main

main()
