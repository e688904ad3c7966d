"""Objections and claims: the form for members and for people who are none, and how each one goes on."""
