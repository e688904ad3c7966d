"""All doors under one roof: the application that `assent serve` runs, its processes, and the demonstration."""
