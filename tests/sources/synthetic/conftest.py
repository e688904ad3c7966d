"""One network, made once, read back as a program would find it."""

from __future__ import annotations

import pyarrow.dataset as ds
import pytest

from assent.sources.synthetic import generate


class Found:
    def __init__(self, folder, summary):
        self.folder = folder
        self.summary = summary
        self.records = self.rows("records")
        self.events = self.rows("events")
        self.by_id = {row["id"]: row for row in self.records}

    def rows(self, table):
        return ds.dataset(sorted((self.folder / table).glob("*.parquet"))).to_table().to_pylist()

    def truth(self, table):
        return self.rows(f"truth/{table}")

    def text(self, place):
        return self.by_id[place["record"]]["text"][place["start"] : place["end"]]


@pytest.fixture(scope="session")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic") / "network"
    summary = generate(folder, members=3_000, records=12_000, seed=11)
    return Found(folder, summary)
