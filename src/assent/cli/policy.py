"""To be filled."""

from assent.cli.frame import new_group

app = new_group("policy")
