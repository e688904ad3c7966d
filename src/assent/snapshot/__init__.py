"""Permitted rows and every decision, sealed under one name, and read without what was withdrawn since.

In the order data moves: `layout` writes permitted rows by partition and `decided` the decisions; `card` and
`croissant` describe them; `sealing` signs, renames and tells the ledger, and finishes or removes what a
crash left. `reader` opens what stands: `standing` says whether it does, `since` what was denied meanwhile.

When somebody takes back: `withdrawn` says who, `touched` which rows that reaches, `again` what becomes of them,
`rewriting` makes the files anew, and `removing` removes what was superseded.
"""
