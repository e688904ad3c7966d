"""What the API and the pages share: who is asking and what they may do, limits, safe headers, errors as HTTP.

`permissions` is the whole table of who may do what; `caller` says who is asking; `door` ties a route to a permission.
"""
