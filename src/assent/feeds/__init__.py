"""What recipients outside are given: a snapshot first, then additions and retractions, until each is acknowledged."""
