"""Believes nobody: whatever others made is derived again from ledger, rules and sources, by other code.

`snapshot` verifies a snapshot: `stored` reads its files, `history` the ledger's first N events, `rows` the
sources; `derive` puts the three together under the specification. `ledger` verifies the log itself.
`report` is what a verification answers with: every check, and what it saw.

The builder's code is never imported here (the gate, the snapshot package); formats and the one-page
evaluator are.
"""
