from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.ledger import Ledger

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """Each question is answered one second later than the one before."""

    def __init__(self):
        self.ticks = count()

    def __call__(self):
        return START + timedelta(seconds=next(self.ticks))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock, key, store):
    folder = tmp_path / "ledger"
    with Ledger.create(folder, origin="example.org/log", key=key, clock=clock, database=store) as created:
        yield created


@pytest.fixture(scope="session")
def key():
    return Ed25519PrivateKey.from_private_bytes(b"k" * 32)
