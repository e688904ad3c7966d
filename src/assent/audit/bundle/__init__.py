"""The evidence bundle: what a regulator asks for, filled from the pack and the ledger's figures, in one signed zip.

inputs      the facts, as whoever assembles them counted them
documents   three assessments and four reports, as pages; what a person must write stands marked as open
archive     one zip with the same bytes for the same facts, its list of files signed; opened again byte by byte

>>> from assent.audit.bundle.documents import open_item
>>> str(open_item("the controller", "why the purpose is needed"))
'<mark>[to be completed by the controller: why the purpose is needed]</mark>'
"""
