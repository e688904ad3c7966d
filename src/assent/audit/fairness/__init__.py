"""Whether rankings treat groups alike, by what people declared about themselves for this purpose alone.

    measures    what is counted of one ranking, of a selection, of benefits
    chance      how far it could be chance: permutations, intervals
    report      many rankings, before and after re-ranking

    page        the report for people, with its pictures

Nothing here scores or ranks anybody. A group of fewer than twenty people is told as too small: neither its figures nor
its size are shown, and its people are counted with those who declared nothing.
"""
