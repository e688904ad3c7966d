"""Signing in and out, by OpenID Connect or, in a demonstration, by a link."""
