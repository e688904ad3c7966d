"""Immutable values that every stage exchanges: parsed at the edge, then trusted.

In the order data moves: `events` (what people said) fold into `state`; `records` are judged against it
and yield a `Judgment` or a `Verdict` with `reasons`; `tables` says how records lie in files.
`instants`, `regions` and `identifiers` are what the others are made of. No behaviour beyond validation.
"""
