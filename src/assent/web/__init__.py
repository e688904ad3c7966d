"""Pages: the settings centre, objections, notices, the public page, the console; they work without JavaScript.

`pages` renders; each folder is one part with its routes and templates. Nothing of a pack stands in a template.
"""
