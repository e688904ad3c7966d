"""The settings centre: what a member sees of their data, switches, takes back and keeps as receipts."""
