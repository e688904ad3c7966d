"""Words in every language: gettext catalogues, one folder per language. Another language is another folder of files.

The English text is the key; `catalogues/en` may reword it, every other folder translates it. Texts of a pack (its
titles, menus, recipients) are looked up like any other.
"""
