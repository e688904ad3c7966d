"""One person's own export, read on their own machine: what of it falls under a platform's announcement."""
