"""What identifies people in a text, found in this order: what the platform `known` of them, what has a `structured`
form, and what a `tagger` learned to see. Finders give `HIT_SCHEMA`; `hits` settles overlaps; `replacing` makes the
clean text.
"""
