"""Figures for whoever runs the server, in Prometheus' form. No label names anybody: routes are named by their pattern.

What a process counts itself (requests, verdicts) it counts for itself; with `PROMETHEUS_MULTIPROC_DIR` in the
environment, as `assent serve` sets it for several processes, all count in one folder and each of them tells the sum.
What the databases know (the ledger's size, what waits) is looked up when somebody asks: in every process the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from assent.desk.hooks import all_hooks
from assent.desk.objections import OPEN_STATES
from assent.desk.outbox import BOUNCED, DELIVERED, DOUBTED, GIVEN_UP, READ, SENT, WAITING
from assent.desk.tables import OBJECTIONS, OUTBOX
from assent.operations.platform import Platform
from assent.vocabulary.instants import format_instant

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 1.0, 2.5, 10.0)

REQUESTS: Final = Counter("assent_requests", "Requests answered.", ["method", "route", "status"], registry=None)
SECONDS: Final = Histogram(
    "assent_request_seconds", "Time to the end of the answer.", ["route"], buckets=_SECONDS, registry=None
)
VERDICTS: Final = Counter("assent_verdicts", "Verdicts given.", ["outcome"], registry=None)


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """One more request was answered.

    Args:
        route: its pattern, such as `/v1/hooks/{hook}`; never the path that was asked for.
    """
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def count_verdicts(*, allowed: int, denied: int) -> None:
    """So many more verdicts were given."""
    if allowed:
        VERDICTS.labels("allowed").inc(allowed)
    if denied:
        VERDICTS.labels("denied").inc(denied)


def write_metrics(platform: Platform) -> bytes:
    """Everything there is to tell, as text."""
    registry = CollectorRegistry()
    if MULTIPROCESS in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for counted in (REQUESTS, SECONDS, VERDICTS):
            registry.register(counted)
    registry.register(_Looked(platform))
    return generate_latest(registry)


class _Looked(Collector):
    """What the databases know."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def collect(self) -> Iterator[Metric]:
        """Each figure, of this moment."""
        size, now = self._platform.ledger.size, self._platform.clock()
        yield CounterMetricFamily("assent_ledger_events", "Events ever recorded; its rate is that of appends.", size)
        yield from self._waiting(now)
        hooks = all_hooks(self._platform.desk)
        behind = max((size - each.told_to for each in hooks if each.stopped_at is None), default=0)
        yield GaugeMetricFamily("assent_hooks_behind_events", "Events the hook furthest behind has not heard.", behind)
        stopped = sum(each.stopped_at is not None for each in hooks)
        yield GaugeMetricFamily("assent_hooks_stopped", "Hooks that were given up.", stopped)

    def _waiting(self, now: datetime) -> Iterator[Metric]:
        is_open = OBJECTIONS.c.state.in_(sorted(OPEN_STATES))
        is_overdue = sa.and_(is_open, OBJECTIONS.c.due_at < format_instant(now))
        with self._platform.desk.reading() as connection:
            query = sa.select(OUTBOX.c.state, sa.func.count()).group_by(OUTBOX.c.state)
            mails: dict[str, int] = dict(map(tuple, connection.execute(query)))
            cases = [
                connection.execute(
                    sa.select(OBJECTIONS.c.kind, sa.func.count()).where(which).group_by(OBJECTIONS.c.kind)
                ).all()
                for which in (is_open, is_overdue)
            ]
        outbox = GaugeMetricFamily("assent_outbox_mails", "Mails, by what became of them.", labels=["state"])
        for state in (WAITING, SENT, DELIVERED, BOUNCED, DOUBTED, GIVEN_UP, READ):
            outbox.add_metric([state], mails.get(state, 0))
        yield outbox
        named = (
            ("assent_objections_open", "Objections and claims that are not decided."),
            ("assent_objections_overdue", "Those of them whose month is over."),
        )
        for (name, said), found in zip(named, cases, strict=True):
            counted: dict[str, int] = dict(map(tuple, found))
            figure = GaugeMetricFamily(name, said, labels=["kind"])
            for kind in ("objection", "claim"):
                figure.add_metric([kind], counted.get(kind, 0))
            yield figure
