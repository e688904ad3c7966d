"""A typed client of the API, for a platform's own services; needs nothing of Assent but its vocabulary."""
