"""Look at packs: whether they load, what they say, what they mean for a member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assent.errors import InputError
from assent.policy.load import PackError, PackProblem, load_pack, pack_document, places, shipped_packs
from assent.policy.pack import Pack, Purpose
from assent.policy.review import review
from assent.policy.schema import editor_schema
from assent.policy.sentences import Said, explain_purpose
from assent.vocabulary.identifiers import PurposeName


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one pack; `digest` is there exactly when there are no problems."""

    name: str
    digest: str | None
    problems: tuple[PackProblem, ...] = ()
    warnings: tuple[PackProblem, ...] = ()


def check_pack(name: str) -> Checked:
    """Everything that is wrong with the pack, or its digest and whatever in it can never matter.

    Raises:
        InputError: there is no such pack, or its file cannot be read.
    """
    try:
        pack = load_pack(name)
    except PackError as error:
        return Checked(name, None, error.problems)
    place = places(name)
    warnings = tuple(place(remark.path, remark.message) for remark in review(pack, pack_document(name)))
    return Checked(name, pack.digest, (), warnings)


def show_pack(name: str) -> tuple[Pack, dict[str, Any]]:
    """The pack, and the merged document it was made from."""
    return load_pack(name), pack_document(name)


def explain_pack(name: str, purpose: str | None) -> tuple[tuple[Purpose, tuple[Said, ...]], ...]:
    """What the purpose, or each purpose of the pack, means for a member.

    Raises:
        InputError: the pack cannot be used, or offers no such purpose.
    """
    pack = load_pack(name)
    if purpose is not None and purpose not in pack.purposes:
        raise InputError(
            f"pack `{pack.name}` offers no purpose `{purpose}`", hint=f"it offers: {', '.join(pack.purposes)}"
        )
    chosen = [PurposeName(purpose)] if purpose is not None else list(pack.purposes)
    return tuple((pack.purposes[one], explain_purpose(pack, pack.purposes[one])) for one in chosen)


def list_packs() -> tuple[Pack, ...]:
    """The packs that come with Assent."""
    return tuple(load_pack(name) for name in shipped_packs())


def pack_schema() -> dict[str, Any]:
    """JSON Schema of a pack's file, for editors."""
    return editor_schema()
