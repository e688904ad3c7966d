"""What anybody may see without signing in: figures, rules in plain words, receipts verified, the employers' page."""
