"""The one map from errors to HTTP; `assent.errors` has the other one, to exit codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assent.errors import AssentError, EvidenceError, InputError, RefusedError, UnavailableError
from assent.operations.sign_in import SignInFailedError
from assent.serving.door import ForbiddenError, NotFoundError, SignInNeededError
from assent.serving.limits import TooManyError


class UnprocessableError(RefusedError):
    """What was sent can be read, and what it claims does not hold."""


STATUS: Final[Mapping[type[AssentError], int]] = {
    SignInNeededError: 401,
    SignInFailedError: 403,
    ForbiddenError: 403,
    NotFoundError: 404,
    UnprocessableError: 422,
    TooManyError: 429,
    InputError: 400,
    RefusedError: 409,
    EvidenceError: 500,
    UnavailableError: 503,
    AssentError: 500,
}


def status_of(error: AssentError) -> int:
    """The HTTP status of an error's class, or of the nearest one above it."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
