"""Drafts for members: from what `help_writing` may read now, by the writer that the platform set up, masked.

A writer that was trained here is looked at before each draft: once it was superseded, or somebody's records that it
learned from were taken back, it is asked no more and the composer writes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from assent.curation.outputs import OutputFilter
from assent.errors import EvidenceError, InputError, RefusedError, UnavailableError
from assent.features.writing import (
    Ask,
    Draft,
    FolderGenerator,
    Generator,
    Guard,
    ModelGenerator,
    OwnRecord,
    ServerGenerator,
    draft,
    signature_of,
)
from assent.operations.finding import usable_texts
from assent.operations.items import Items, OwnText
from assent.operations.platform import Clock, Platform
from assent.operations.sent_messages import sent_by
from assent.operations.suppression import filter_for
from assent.operations.workspace import NOT_STATED, Workspace
from assent.policy.load import load_pack
from assent.policy.pack import Kind, Pack
from assent.vocabulary.identifiers import MemberId, PurposeName

if TYPE_CHECKING:
    from assent.features.writing.prompting import Prompt
    from assent.operations.models import Checked

HELP_WRITING: Final = "help_writing"
KEY_VARIABLE: Final = "ASSENT_WRITING_KEY"
"""Holds the key of the model server; no file does."""
MASK_IS_GOOD_FOR: Final = timedelta(minutes=1)
"""What a draft rests on is judged at its moment. The list of whom to mask costs a look at the whole ledger and may be
so old."""


class Writers:
    """What drafts need and is kept from one to the next. Safe to use from many threads.

    Args:
        generator: None writes by grammar from the facts.
    """

    def __init__(self, platform: Platform, items: Items, generator: Generator | None = None) -> None:
        self._platform, self._items, self._generator = platform, items, generator
        self._outputs = _Outputs(platform)

    def write(self, member: MemberId, ask: Ask, *, to: str | None = None, seed: int = 0) -> Draft:
        """A draft from what the member wrote and `help_writing` may use now; a message counts against bulk.

        Args:
            to: of a message, its recipient's id.

        Raises:
            RefusedError: the member switched it off, or the message is one that is not written here.
            InputError: the language is not written in.
        """
        platform = self._platform
        records = [_own(each) for each in usable_texts(self._items, member, HELP_WRITING)]
        now, outputs = platform.present(), self._outputs.now()
        if not ask.kind.is_message:
            return draft(ask, records, now=now, guard=Guard(), generator=self._generator, outputs=outputs, seed=seed)
        named = to or ask.addressee or ""
        with sent_by(platform.workspace, member, now=now, entropy=platform.entropy) as sent:
            guard, recipient = Guard(sent.recent()), sent.named(named)
        # Nobody is held up while a model writes; what others sent meanwhile is looked at again before this counts.
        made = draft(
            ask, records, now=now, guard=guard, generator=self._generator, outputs=outputs, seed=seed, to=recipient
        )
        if made.text:
            with sent_by(platform.workspace, member, now=now, entropy=platform.entropy) as sent:
                guard, recipient = Guard(sent.recent()), sent.named(named)
                guard.admit(ask, now=now)
                guard.release(made.text, ask, now=now, to=recipient)
                sent.add(recipient, signature_of(made.text), at=now)
        return made


class TrainedGenerator:
    """A model that was trained here, with its memory.

    Args:
        named: a model by its id, or the purpose whose newest standing model writes.
    """

    def __init__(self, workspace: Workspace, named: str, *, clock: Clock) -> None:
        self.name = named
        self._workspace, self._named, self._clock = workspace, named, clock
        self._lock = Lock()
        self._checked: Checked | None = None
        self._opened: ModelGenerator | None = None

    def check(self) -> Checked:
        """The model may be asked now.

        Raises:
            InputError: there is none, or it was trained for something that does not write.
            RefusedError: it was superseded, or learned from what was taken back since.
            EvidenceError: it is not what was sealed.
        """
        from assent.operations.models import check_model

        checked = check_model(self._workspace, self._model(), clock=self._clock)
        _require_writes(load_pack(self._workspace.pack), checked.manifest.purpose)
        return checked

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        """As `Generator.propose`."""
        try:
            from assent.operations.models import load_model
        except ModuleNotFoundError:
            raise UnavailableError("models trained here need the extra `train`") from None
        with self._lock:
            try:
                checked = self.check()
                if self._opened is None or checked != self._checked:
                    self._opened = ModelGenerator(load_model(self._workspace, checked), checked.model)
                    self._checked, self.name = checked, checked.model
            except (RefusedError, EvidenceError) as error:
                self._opened = None
                raise UnavailableError(error.message) from error
            return self._opened.propose(prompt, seed=seed)

    def _model(self) -> str:
        from assent.operations.models import list_models

        if self._named not in load_pack(self._workspace.pack).purposes:
            return self._named
        for each in list_models(self._workspace, clock=self._clock):
            if each.state == "sealed" and each.complete and each.purpose == self._named:
                return each.id
        raise InputError(f"no model stands that was trained for `{self._named}`", hint="`assent train` makes one")


def generator_for(
    workspace: Workspace, *, server: str | None, model: str | None, clock: Clock, seconds: float = 20.0
) -> Generator | None:
    """Who writes: a server's model, a Hugging Face folder, a model that was trained here; None is the composer.

    Raises:
        InputError: the address is none, or there is no such model.
        RefusedError: the model was superseded, or learned from what was taken back since.
    """
    if server is not None:
        return ServerGenerator(server, model or "default", os.environ.get(KEY_VARIABLE), timeout_seconds=seconds)
    if model is None:
        return None
    if Path(model).is_dir():
        return FolderGenerator(Path(model))
    trained = TrainedGenerator(workspace, model, clock=clock)
    trained.check()
    return trained


def generator_of(platform: Platform) -> Generator | None:
    """The writer that `[writing]` in assent.toml sets up; one that cannot be asked now is asked again at each draft.

    Raises:
        InputError: the address is none.
    """
    workspace = platform.workspace
    server, model = (_stated(workspace.text(f"writing.{name}")) for name in ("server", "model"))
    if server is None and model is not None and not (workspace.root / model).is_dir():
        return TrainedGenerator(workspace, model, clock=platform.clock)
    if server is None and model is not None:
        model = str(workspace.root / model)
    return generator_for(
        workspace, server=server, model=model, clock=platform.clock, seconds=workspace.number("writing.seconds")
    )


@dataclass(slots=True)
class _Outputs:
    """The output filter, made anew once it is too old."""

    platform: Platform
    lock: Lock = field(default_factory=Lock)
    kept: OutputFilter | None = None

    def now(self) -> OutputFilter:
        platform = self.platform
        with self.lock:
            if self.kept is None or self._too_old(self.kept):
                self.kept = filter_for(
                    platform.workspace, _masked_for(platform.pack), clock=platform.clock, entropy=platform.entropy
                )
            return self.kept

    def _too_old(self, kept: OutputFilter) -> bool:
        assert kept.matcher is not None
        listed, platform = kept.matcher.listed, self.platform
        return listed.ledger_size != platform.ledger.size and platform.present() - listed.made_at > MASK_IS_GOOD_FOR


def _masked_for(pack: Pack) -> list[PurposeName]:
    """Whoever took back or objected to one of these is named by no draft: writing, and training what writes."""
    return [
        each.name
        for each in pack.purposes.values()
        if each.name == HELP_WRITING or each.kind is Kind.GENERATIVE_TRAINING
    ]


def _require_writes(pack: Pack, purpose: str) -> None:
    found = pack.purposes.get(PurposeName(purpose))
    if found is None or not (found.name == HELP_WRITING or found.kind is Kind.GENERATIVE_TRAINING):
        raise InputError(
            f"a model that was trained for `{purpose}` does not write for members",
            hint="one trained for a purpose of kind `generative_training` does",
        )


def _stated(text: str) -> str | None:
    return None if text in {NOT_STATED, ""} else text


def _own(each: OwnText) -> OwnRecord:
    return OwnRecord(each.record.id, each.record.category or "", each.text, each.record.created_at)
