"""The API as methods. Errors are Assent's own, by what to do next; what is safe to repeat is repeated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from time import sleep
from types import TracebackType
from typing import Any, Final, Self

import httpx

from assent.client import answers
from assent.client.answers import Change, Hook, Objection, Pack, Proved, Settings, Snapshot, StandingHold, Taken, read
from assent.client.transport import WAITS, Transport
from assent.errors import InputError
from assent.vocabulary.events import Event
from assent.vocabulary.records import Verdict

MOST_RECORDS: Final = 10_000
"""In one request; `decide_all` sends as many requests as it takes."""

Fields = Mapping[str, Any]


class Client:
    """A service that calls the API. Safe to use from many threads; keep one for as long as the process runs.

    Args:
        address: where `assent serve` is reached, such as `https://privacy.example.org`.
        token: with the scopes of what is called.
        waits: seconds between attempts at what is not there for the moment; empty tries once.
        http: a client of your own, for a proxy or certificates; its address and token are set here.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        waits: Sequence[float] = WAITS,
        timeout_seconds: float = 30.0,
        http: httpx.Client | None = None,
        rest: Callable[[float], None] = sleep,
    ) -> None:
        self._http = http or httpx.Client(timeout=timeout_seconds)
        self._http.base_url = httpx.URL(address)
        self._http.headers["authorization"] = f"Bearer {token}"
        self._send = Transport(self._http, tuple(waits), rest)

    def close(self) -> None:
        """No connection is open any more."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- may it be used?

    def decide(self, purpose: str, record: Fields) -> Verdict:
        """May this record be used for this purpose, now?

        Args:
            record: `id`, `author`, `category`, …: as `docs/spec/api.md` says.
        """
        answer = self._send.ask("POST", "/v1/decide", {"purpose": purpose, "record": record})
        return read(lambda it: answers.verdict(it, it), answer)

    def decide_all(self, purpose: str, records: Iterable[Fields]) -> Iterator[Verdict | InputError]:
        """A verdict for each record, in order, or what is wrong with it; asked for in batches, while they are read."""
        left = iter(records)
        while batch := list(islice(left, MOST_RECORDS)):
            answer = self._send.ask("POST", "/v1/decide/batch", {"purpose": purpose, "records": batch})
            yield from read(lambda it: [_verdict(each, it) for each in it["verdicts"]], answer)

    # --- what members choose

    def settings(self, member: str) -> Settings:
        """Every setting and use of the member, now."""
        return read(answers.settings, self._send.ask("POST", "/v1/settings/read", {"member": member}))

    def change_setting(
        self,
        member: str,
        setting: str,
        value: str,
        *,
        take_back: bool = False,
        by: str = "member",
        key: str | None = None,
    ) -> Change:
        """The ledger holds the change, durably, when this returns.

        Args:
            take_back: past use is to be undone too.
            by: `member` or `guardian`.
        """
        asked = {"member": member, "setting": setting, "value": value, "take_back": take_back, "by": by}
        return read(answers.change, self._send.change("/v1/settings/change", asked, key=key))

    def forward_gpc(self, member: str, header: str | None) -> tuple[str, ...]:
        """The settings that the member's browser switched off just now, given its `Sec-GPC` header."""
        headers = {} if header is None else {"sec-gpc": header}
        answer = self._send.ask("POST", "/v1/signals/gpc", {"member": member}, headers=headers)
        return read(lambda it: tuple(it["switched_off"]), answer)

    def object_to(
        self, member: str, purpose: str, *, words: str = "", language: str = "en", key: str | None = None
    ) -> Objection:
        """The member objects; nothing of theirs is used for the purpose from now on."""
        asked = {"member": member, "purpose": purpose, "words": words, "language": language}
        return read(answers.objection, self._send.change("/v1/objections", asked, key=key))

    def objections(self, member: str) -> tuple[Objection, ...]:
        """The member's objections and claims, the newest first."""
        answer = self._send.ask("POST", "/v1/objections/read", {"member": member})
        return read(lambda it: tuple(answers.objection(each) for each in it["objections"]), answer)

    def withdraw_objection(self, member: str, objection: str, *, key: str | None = None) -> Objection:
        """The member takes it back."""
        asked = {"member": member, "objection": objection}
        return read(answers.objection, self._send.change("/v1/objections/withdraw", asked, key=key))

    def claim(self, member: str, purpose: str, output: str, *, key: str | None = None, **more: Any) -> Objection:
        """The member says that a model wrote what is theirs.

        Args:
            more: `prompt`, `feature`, `when`, `words`, `take_back`, `language`.
        """
        asked = {"member": member, "purpose": purpose, "output": output, **more}
        return read(answers.objection, self._send.change("/v1/claims", asked, key=key))

    def receipt(self, member: str, *, seq: int | None = None) -> bytes:
        """A signed file for the member to keep, about that event of theirs or their last one."""
        return self._send.fetch("POST", "/v1/receipts", {"member": member, "seq": seq})

    def verify_receipt(self, receipt: bytes) -> Proved:
        """What a receipt proves.

        Raises:
            InputError: nothing: it was changed, or another platform gave it.
        """
        return read(answers.proved, self._send.ask("POST", "/v1/receipts/verify", receipt))

    # --- what the platform knows

    def record_events(
        self, events: Sequence[Event | Fields] | Callable[[], Iterable[Event | Fields]], *, key: str | None = None
    ) -> Taken:
        """All events are recorded, or none.

        Args:
            events: a sequence; or a function that gives them from the first, for more than memory holds: it is
                called again when the upload has to be repeated.
        """
        give = events if callable(events) else lambda: events
        return read(answers.taken, self._send.stream("/v1/events", lambda: (_line(each) for each in give()), key=key))

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every snapshot, the newest first."""
        answer = self._send.ask("GET", "/v1/snapshots")
        return read(lambda it: tuple(answers.snapshot(each) for each in it["snapshots"]), answer)

    def manifest(self, snapshot: str) -> bytes:
        """A snapshot's signed manifest, byte for byte."""
        return self._send.fetch("GET", f"/v1/snapshots/{snapshot}/manifest")

    def pack(self) -> Pack:
        """The rules in force."""
        return read(answers.pack, self._send.ask("GET", "/v1/packs/in-force"))

    def holds(self) -> tuple[StandingHold, ...]:
        """What is stopped now."""
        answer = self._send.ask("GET", "/v1/holds")
        return read(lambda it: tuple(answers.hold(each) for each in it["holds"]), answer)

    def place_hold(self, purpose: str, region: str, why: str, *, key: str | None = None) -> StandingHold:
        """The use is stopped there, from the next decision on."""
        asked = {"purpose": purpose, "region": region, "why": why}
        return read(answers.hold, self._send.change("/v1/holds", asked, key=key))

    def lift_hold(self, purpose: str, region: str, why: str, *, key: str | None = None) -> None:
        """It stands no more."""
        self._send.change("/v1/holds/lift", {"purpose": purpose, "region": region, "why": why}, key=key)

    # --- who is told

    def add_hook(self, address: str, *, key: str | None = None) -> Hook:
        """The address is told of changed settings; the hook's `secret` is given here and never again."""
        return read(answers.hook, self._send.change("/v1/hooks", {"address": address}, key=key))

    def hooks(self) -> tuple[Hook, ...]:
        """Who is told, the oldest first."""
        answer = self._send.ask("GET", "/v1/hooks")
        return read(lambda it: tuple(answers.hook(each) for each in it["hooks"]), answer)

    def remove_hook(self, hook: str) -> None:
        """It is told no more."""
        self._send.ask("DELETE", f"/v1/hooks/{hook}")

    def start_hook(self, hook: str) -> None:
        """One that was stopped is told again, from where it had heard."""
        self._send.ask("POST", f"/v1/hooks/{hook}/start")

    # --- the public log

    def checkpoint(self) -> bytes:
        """The newest signed checkpoint."""
        return self._send.fetch("GET", "/log/checkpoint")

    def log_proof(self, seq: int) -> str:
        """A proof that the log holds the entry at that position."""
        return self._send.fetch("GET", f"/v1/log/proof?index={seq}").decode()


def _verdict(answer: Fields, basis: Fields) -> Verdict | InputError:
    try:
        return answers.verdict(answer, basis)
    except InputError as error:
        return error


def _line(event: Event | Fields) -> bytes:
    fields = event.to_json() if isinstance(event, Event) else event
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
