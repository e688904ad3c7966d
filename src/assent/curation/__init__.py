"""Permitted text becomes clean text; what was found and judged lies beside it, and no text is altered in place.

In the order data moves:

`sensitive`   what speaks of health, union, politics, religion or orientation, before the gate decides
`redact`      what identifies people: known, structured, and learned; found, then replaced
`quality`     what is no text to learn from
`duplicates`  what is there twice, and what copies a record that may not be used

Everything here takes Arrow batches and gives Arrow batches, knows neither engine nor files, and gives the same for
the same batch wherever it runs.
"""
