"""A field of a form, as it was typed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form

Text = Annotated[str, Form()]
