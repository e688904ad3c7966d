"""One module for each version of the tables; `revision` is its number."""
