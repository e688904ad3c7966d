"""Whether rankings treat groups alike, by what people declared about themselves for this purpose alone.

    measures    what is counted of one ranking, of a selection, of benefits
    chance      how far it could be chance: permutations, intervals
    rankings    what an audit is given: scores, groups, who was relevant
    report      many rankings, before and after re-ranking, as JSON and as a page

Nothing here scores or ranks anybody. A group of fewer than twenty people is told as too small and its figures are not
shown, nor those of a second group from which it could be worked out.
"""
