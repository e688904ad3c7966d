"""What is wrong with one key of a pack, in the words of TOML instead of a library's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from assent.policy import schema

_SHOWN = 40
_MESSAGES: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "should be text",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_pattern_mismatch": "is no name: letters, digits, `.`, `_` and `-`, the first one a letter or digit",
    "list_type": "should be an array",
    "dict_type": "should be a table",
    "model_type": "should be a table",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "date_type": "should be a date",
    "datetime_type": "should be an instant",
    "enum": "should be one of {expected}",
    "literal_error": "should be {expected}",
    "too_short": "is empty",
    "too_long": "has more than {max_length} entries",
    "greater_than_equal": "should be at least {ge}",
    "less_than_equal": "should be at most {le}",
}


def plain_message(detail: Mapping[str, Any]) -> str:
    """One finding of the schema, for the person who wrote the pack."""
    kind = detail["type"]
    if kind == "extra_forbidden":
        close = get_close_matches(str(detail["loc"][-1])[:80], _KEYS, n=1)
        return "unknown key" + (f"; did you mean `{close[0]}`?" if close else "")
    template = _MESSAGES.get(kind)
    if template is None:
        return " ".join(str(detail["msg"]).split()).lower()
    context = {key: str(value).replace("'", "`") for key, value in detail.get("ctx", {}).items()}
    value = detail.get("input")
    shown = f"`{value}` " if isinstance(value, str) and 0 < len(value) <= _SHOWN and kind != "missing" else ""
    return shown + template.format_map(context)


def _keys() -> Iterator[str]:
    for part in vars(schema).values():
        if isinstance(part, type) and issubclass(part, BaseModel):
            for name, field in part.model_fields.items():
                yield field.alias or name


_KEYS = sorted(set(_keys()))
