"""Notices, as members read them, and how they leave reminders."""
