"""What recipients outside are given: a snapshot first, then additions and retractions, until each is acknowledged.

In the order data moves: `terms` (who may get what) → `lines` (a row as one recipient knows it) → `building`
(numbered batches: what differs from what they were told) → `delivery` by `folder` or `webhook` →
`acknowledging`. `state` remembers what each recipient holds as digests; `manifest` is the signed page of a
batch; `verifying` is the recipient's side and believes nobody. Format: docs/spec/feeds.md.
"""
