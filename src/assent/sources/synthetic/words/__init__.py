"""What the people of a synthetic network say, as data: names, places, trades and sentence templates.

Every module holds text in one of two forms, read by `reading`: blocks of `key: phrase | phrase`, and
sections of one template a line with `{slots}`. All of it was written for this project.
"""
