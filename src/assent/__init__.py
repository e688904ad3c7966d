"""Assent decides, for every record a platform holds, whether it may train a model; builds on exactly that; proves it."""
