"""A stored audit as values again, so that it can be compared with a later one."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from assent.audit.model.estimates import Estimate, NotGiven
from assent.audit.model.report import FORMAT, ModelAudit
from assent.errors import AssentError, EvidenceError
from assent.vocabulary.instants import parse_instant


def read_model_audit(document: Mapping[str, Any]) -> ModelAudit:
    """The audit that `ModelAudit.to_json` wrote.

    Raises:
        EvidenceError: it is none, or not in this format.
    """
    try:
        if document["format"] != FORMAT:
            raise EvidenceError(f"`{document['format']}` is no format of an audit that is known here")
        found = _value(ModelAudit, document)
        assert isinstance(found, ModelAudit)
    except EvidenceError:
        raise
    except (AssentError, AssertionError, KeyError, TypeError, ValueError):
        raise EvidenceError("the stored audit is damaged", hint="run the audit again") from None
    return found


def _value(kind: Any, given: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{each.name: _value(hints[each.name], given[each.name]) for each in fields(kind)})
    if get_origin(kind) in {Union, types.UnionType}:
        return _one_of(get_args(kind), given)
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        each_kind = [parts[0]] * len(given) if parts[-1] is Ellipsis else parts
        return tuple(_value(part, each) for part, each in zip(each_kind, given, strict=True))
    return _plain(kind, given)


def _plain(kind: Any, given: Any) -> Any:
    if kind is datetime:
        return parse_instant(given)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(given)
    if kind is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if type(given) is not kind:
        raise ValueError(kind)
    return given


def _one_of(kinds: tuple[Any, ...], given: Any) -> Any:
    if given is None and type(None) in kinds:
        return None
    if isinstance(given, dict) and "not_given" in given and NotGiven in kinds:
        return NotGiven(str(given["not_given"]))
    rest = [each for each in kinds if each not in {type(None), NotGiven}]
    # the only choice left is that of a figure, which is an estimate or is not given
    chosen = rest[0] if len(rest) == 1 else Estimate
    return _value(chosen, given)
