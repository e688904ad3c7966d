"""What a member keeps as a page: a receipt, and what became of their records. One file each, nothing fetched.

The command line writes them to files, the portal gives them to download; both give the same bytes.
"""
