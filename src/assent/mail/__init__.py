"""A message from words and a template, handed to a mail server; and what bounced messages say. Stores nothing."""
