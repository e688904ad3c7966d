"""Webhooks: a platform's own services hear of every changed setting, in the ledger's order, at least once; and owners
of models trained elsewhere hear of what is asked of them, in just the same way.

Steps of telling a hook:

1. claim it, so that no other process tells it at the same time;
2. read on in the ledger from where it has heard;
3. send the next change, signed, with an id that is the same for every attempt at it;
4. note that it arrived, and go on with step 2.

A crash after step 3 sends the message again: its receiver tells by the id. Order and position hold because
nothing later is sent before what is earlier has arrived. A message that does not arrive is tried again after growing
waits, some three days in all; then the hook is stopped, shown as such, and starts again when somebody says so.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Self

import httpx

from assent.desk import hooks as desk
from assent.desk.hooks import Hook
from assent.errors import AssentError, InputError, RefusedError
from assent.evidence.webhook import SECRET_BYTES, Signer, write_secret
from assent.operations.models_elsewhere import TYPES as MODEL_TYPES
from assent.operations.models_elsewhere import message_to_owner
from assent.operations.outward import Outward, new_client, outward_of
from assent.operations.platform import Platform
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.instants import format_instant

WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Before the second attempt, the third and so on; after the last of them the hook is stopped."""
LONGEST_WAIT: Final = timedelta(days=1)
TYPE: Final = "setting.changed"
EVERY_SECONDS: Final = 0.5

_AT_ONCE = 8
_ID_BYTES = 8
_OK, _REDIRECT = 200, 300
_GONE = 410
_UNREAD_EACH = 4096
"""So many events without a changed setting may pass before it is noted how far a hook has heard."""


@dataclass(frozen=True, slots=True)
class MadeHook:
    """A new hook, and the secret that its receiver checks signatures with; nobody can be shown it again."""

    hook: Hook
    secret: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one message.

    Args:
        wait: how long the receiver asks us to wait.
    """

    arrived: bool
    detail: str
    gone: bool = False
    wait: timedelta | None = None


def add_hook(
    platform: Platform, address: str, *, by: str, about: str | None = None, outward: Outward | None = None
) -> MadeHook:
    """Changes from now on are sent to that address.

    Args:
        by: the pseudonym of who adds it; the ledger's trail has it.
        about: the model trained elsewhere of which it hears, and of no member's setting; None hears of settings.

    Raises:
        InputError: the address cannot be used.
        RefusedError: it is inside a network of ours, or is told already.
        UnavailableError: its host has no address now.
    """
    address = (outward or outward_of(platform)).check(address)
    now, secret = platform.present(), platform.entropy(SECRET_BYTES)
    hook = Hook(f"h{platform.entropy(_ID_BYTES).hex()}", address, secret, now, platform.ledger.size, about=about)
    if any((each.address, each.about) == (address, about) for each in list_hooks(platform)):
        raise _told_already()
    # The trail first: a hook that nobody recorded must hear nothing; a recorded one that is missing harms nobody.
    platform.record_action("hook.add", hook.id, by)
    if not desk.add(platform.desk, hook):
        raise _told_already()
    return MadeHook(hook, write_secret(secret))


def list_hooks(platform: Platform) -> list[Hook]:
    """Every hook, the oldest first."""
    return desk.all_hooks(platform.desk)


def remove_hook(platform: Platform, ident: str, *, by: str) -> None:
    """Nothing is sent there any more.

    Raises:
        InputError: there is no such hook.
    """
    if not desk.remove(platform.desk, ident):
        raise _no_hook(ident)
    platform.record_action("hook.remove", ident, by)


def start_hook(platform: Platform, ident: str, *, by: str) -> None:
    """A hook that was stopped is told again, from where it had heard.

    Raises:
        InputError: there is no such hook.
    """
    if not desk.start(platform.desk, ident, now=platform.clock()):
        raise _no_hook(ident)
    platform.record_action("hook.start", ident, by)


def tell_hooks(
    platform: Platform,
    *,
    outward: Outward | None = None,
    stopped: Callable[[], bool] = lambda: False,
    owners_only: bool = False,
) -> int:
    """Every hook whose turn it is has heard what it had not, as far as it takes it; how many messages arrived.

    Args:
        owners_only: only those about a model trained elsewhere.
    """
    way = outward or outward_of(platform)
    due = desk.due(platform.desk, now=platform.clock(), size=platform.ledger.size)
    due = [each for each in due if each.about is not None or not owners_only]

    def tell(hook: Hook) -> int:
        claimed = desk.claim(platform.desk, hook, now=platform.clock())
        if claimed is None or stopped():
            return 0
        with Line(way) as line:
            return _tell(platform, claimed, line, stopped)

    if len(due) <= 1:
        return sum(map(tell, due))
    # A receiver that is slow to answer keeps no other from hearing.
    with ThreadPoolExecutor(min(len(due), _AT_ONCE), thread_name_prefix="hooks") as threads:
        return sum(threads.map(tell, due))


def hook_loop(platform: Platform, stop: threading.Event) -> None:
    """Hooks are told for as long as the process runs; any number of processes may do so at once."""
    while not stop.wait(EVERY_SECONDS):
        # A database that is away for a while, or a working folder that is being edited: the next round looks again.
        with suppress(AssentError):
            tell_hooks(platform, stopped=stop.is_set)


class Line:
    """Connections that are kept open from one message to the next."""

    def __init__(self, way: Outward) -> None:
        self._way = way
        self._client = new_client()
        self._runner = asyncio.Runner()

    def post(self, address: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """As `Outward.post`."""
        return self._runner.run(self._way.post(self._client, address, body, headers))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


def _tell(platform: Platform, hook: Hook, line: Line, stopped: Callable[[], bool]) -> int:
    """One hook hears everything up to the ledger's size; how many messages arrived."""
    arrived, size = 0, platform.ledger.size
    turn: Hook | None = hook
    for seq, event in _changes(platform, hook.about, hook.told_to, size):
        if stopped():
            break
        detail = None
        if event is not None:
            tried = _send(platform, hook, seq, event, line)
            if not tried.arrived:
                _put_off(platform, hook, tried)
                return arrived
            arrived, detail = arrived + 1, tried.detail
        # A crash here has told them and noted nothing: they are told again, under the same id.
        turn = desk.heard(platform.desk, hook, seq + 1, now=platform.clock(), detail=detail)
        if turn is None:
            return arrived  # removed, or taken over by a process that found us too slow
        hook = turn
    else:
        turn = desk.heard(platform.desk, hook, size, now=platform.clock())
    if turn is not None:
        desk.release(platform.desk, turn, now=platform.clock())
    return arrived


def _changes(platform: Platform, about: str | None, start: int, stop: int) -> Iterator[tuple[int, Event | None]]:
    """What a hook hears of at these positions; None in place of an event says only how far was read."""
    unread = 0
    for seq, event in platform.ledger.events(start, stop):
        if isinstance(event, Event) and _concerns(event, about):
            unread = 0
            yield seq, event
        elif (unread := unread + 1) >= _UNREAD_EACH:
            unread = 0
            yield seq, None


def _concerns(event: Event, about: str | None) -> bool:
    if about is None:
        return event.type is EventType.SETTING_CHANGED
    return event.type in MODEL_TYPES and event.key == about


def _send(platform: Platform, hook: Hook, seq: int, event: Event, line: Line) -> Attempt:
    signer = Signer(hook.secret, platform.clock)
    try:
        body = message(seq, event) if hook.about is None else message_to_owner(platform.workspace, seq, event)
        headers = signer.headers(f"{hook.id}.{seq}", [body]) | {"content-type": "application/json"}
        response = line.post(hook.address, body, headers)
    except AssentError as error:
        return Attempt(arrived=False, detail=error.message[:200])
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
        return Attempt(arrived=False, detail=f"no answer: {type(error).__name__}")
    status = response.status_code
    if _OK <= status < _REDIRECT:
        return Attempt(arrived=True, detail=f"answered {status}")
    return Attempt(
        arrived=False,
        detail=f"answered {status}",
        gone=status == _GONE,
        wait=_asked_wait(response.headers.get("retry-after"), platform.clock()),
    )


def message(seq: int, event: Event) -> bytes:
    """What is said of a change: whose setting, what it is now, since when, at which position; and nothing else."""
    data = {
        "member": event.member,
        "setting": event.key,
        "value": event.value,
        "effective_at": format_instant(event.effective_at),
        "seq": seq,
    }
    timestamp = format_instant(event.recorded_at or event.effective_at)
    return json.dumps({"type": TYPE, "timestamp": timestamp, "data": data}, separators=(",", ":")).encode()


def _put_off(platform: Platform, hook: Hook, tried: Attempt) -> None:
    now = platform.clock()
    over = tried.gone or hook.tries >= len(WAITS)
    wait = timedelta(0) if over else max(WAITS[hook.tries], min(tried.wait or timedelta(0), LONGEST_WAIT))
    desk.failed(platform.desk, hook, detail=tried.detail, next_at=now + wait, stopped_at=now if over else None)


def _asked_wait(text: str | None, now: datetime) -> timedelta | None:
    """What `Retry-After` asks: seconds, or a date; anything else asks nothing."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**6))
    with suppress(ValueError):
        until = parsedate_to_datetime(text)
        return max((until if until.tzinfo else until.replace(tzinfo=UTC)) - now, timedelta(0))
    return None


def _told_already() -> RefusedError:
    return RefusedError("this address is told already", hint="remove its hook first; a new one gets a new secret")


def _no_hook(ident: str) -> InputError:
    return InputError(f"there is no hook `{ident[:40]}`", hint="`assent hook list` names them")
