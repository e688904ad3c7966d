"""From a snapshot to a model, a shard at a time."""
