"""One person's own export, read on their own machine: what of it falls under an announcement, and what to switch off.

    zip, folder ─ container ─► members ─ reading (delimited, catalogue ◄ columns, rows, dates) ─► Inventory
    Inventory + Person + Pack ─ judging (the pack's evaluator, every value of every unknown fact) ─► weighing
    weighing ─ steps, moments, uses, listing, leaving, unknowns ─ assembling ─► Report ─ page, layout ─► what is shown

`columns` says what each column is and decides nothing; the pack decides and knows no file. No module here
opens a connection, and none writes a file.
"""
