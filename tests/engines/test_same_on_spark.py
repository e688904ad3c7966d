"""Spark and DuckDB decide the same of every record and build the same bytes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assent.gate import open_gate
from assent.operations.ledger import import_files
from assent.operations.sources import open_entry
from assent.operations.workspace import open_workspace
from small_world import make_world, post

sys.path.insert(0, str(Path(__file__).parent.parent / "gate"))

from networks import network, packs, request, write

PACKS = packs()
ENTIRE = ("safeguarded", "strict", "community-qa")


def answers(asked):
    """Everything a gate says."""
    with open_gate(asked) as gate:
        return {
            "decisions": [row for batch in gate.decisions() for row in batch.to_pylist()],
            "permitted": [(shard, part, batch.to_pylist()) for shard, part, batch in gate.permitted()],
            "judged": [row for batch in gate.judged() for row in batch.to_pylist()],
            "decided": [row for batch in gate.decided() for row in batch.to_pylist()],
            "kept": {name: sorted(map(str, table.to_pylist())) for name, table in gate.kept().items()},
            "counts": gate.counts,
            "sql": gate.sql_digest,
            "events": gate.events_seen,
        }


@pytest.mark.parametrize("name", ENTIRE)
def test_every_record_of_a_network_is_decided_alike(spark_master, tmp_path, name):
    pack, purpose = PACKS[name]
    table, events = write(network(len(name), pack, members=40, records=300), tmp_path)
    asked = request(pack, purpose, table, events, indexed=True)
    assert answers(replace(asked, master=spark_master)) == answers(asked)


def built(root, **given):
    world = make_world(root)
    manifest = world.build(**given).manifest
    return replace(manifest, engine={name: manifest.engine[name] for name in ("assent", "duckdb", "pyarrow", "sql")})


def test_a_build_writes_the_same_files_under_the_same_manifest(spark_master, tmp_path):
    assert built(tmp_path / "spark", master=spark_master) == built(tmp_path / "duck")


def test_the_manifest_says_that_spark_decided(spark_master, tmp_path):
    assert "pyspark" in make_world(tmp_path).build(master=spark_master).manifest.engine


def test_a_build_on_duckdb_goes_on_from_one_on_spark(spark_master, tmp_path):
    world = make_world(tmp_path)
    first = world.build(master=spark_master)
    world.pass_time(days=1)
    second = world.build(parent="latest")
    assert (second.manifest.parent, second.full_because) == (first.id, None)


def dump_built(root, dump, **given):
    world = make_world(root, events=[], records=[post("x", None)], pack="community-qa")
    config = world.workspace.config_path
    config.write_text(config.read_text().replace('"tables"', '"stackexchange"').replace('"mapping.toml"', f'"{dump}"'))
    world.workspace = open_workspace(root)
    with world.ledger() as ledger:
        import_files(ledger, open_entry(world.workspace, "site").events)
    manifest = world.build(**given).manifest
    return replace(manifest, engine={"sql": manifest.engine["sql"]})


@pytest.mark.external_data
def test_a_real_dump_is_built_alike(spark_master, external_data, tmp_path):
    dump = external_data / "stackexchange"
    on_spark = dump_built(tmp_path / "spark", dump, master=spark_master)
    assert on_spark == dump_built(tmp_path / "duck", dump)
    assert on_spark.counts.records == 3022
