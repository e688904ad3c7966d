"""A witness: it keeps the last checkpoint it saw of each log and cosigns only consistent growth (C2SP tlog-witness)."""
