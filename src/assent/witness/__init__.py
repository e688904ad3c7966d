"""A witness: it keeps the last checkpoint it saw of each log and cosigns only consistent growth (C2SP tlog-witness).

In the order a cosignature comes about: `published` reads a log from a folder or a web address and proves its
growth; `asking` is the log's side, which sends checkpoint and proof to a witness; `server` takes them in over
HTTP; `witness` decides, remembers and signs.
"""
