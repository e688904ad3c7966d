"""A synthetic professional network of any size, with the truth about it written beside it.

In the order data moves: `plan` cuts the network into chunks; `people` says who a member is; `histories`
what they said; `composing` and `drafts` write texts from `words`; `planting` hides things in them;
`recording` makes records; `chunks` joins these for one chunk, `network` the chunks into a folder.

    from assent.sources.synthetic import generate
    generate(Path("network"), members=500, records=2_000, seed=7).events
"""

from assent.sources.synthetic.network import SyntheticSummary, generate

__all__ = ["SyntheticSummary", "generate"]
