"""Figures, each measured by code that anybody can run: `make bench`."""
