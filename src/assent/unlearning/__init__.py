"""A withdrawal reaches the models that were trained before it.

    plan            which checkpoints of a model are clean, and which slices learn again
    certifying      what was done, as a statement to sign

Unlearning a member is training without them: the chains of the snapshot's next version are linked up, and every
checkpoint whose key they share is kept. What comes out has the same bytes as a training that never saw the member.
"""
