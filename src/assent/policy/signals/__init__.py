"""Rights signals: what content and browsers say by themselves.

`aipref`    the `Content-Usage` header and robots.txt rule (IETF AI preferences)
`tdmrep`    text-and-data-mining reservation: a site's file, headers, metadata (W3C TDMRep)
`cawg`      training-and-data-mining assertions inside media (CAWG, older C2PA)
`gpc`       Global Privacy Control: a browser's opt-out of sale, sharing and cross-context ads
`training`  what the first three say about a record: the one rule of the specification

Three of them speak about content and deny training on a record; GPC speaks about a person and switches
settings. A value nobody can read is no signal.
"""

from assent.policy.signals.training import denies_training

__all__ = ["denies_training"]
