"""Tables of Spark's catalogue are sources like files, and what was read of them has names and digests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assent.errors import InputError
from assent.operations.inputs import read_inputs
from assent.operations.workspace import open_workspace
from small_world import make_world


@pytest.fixture
def lake(spark_master, tmp_path):
    """Makes things in a database of the catalogue."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession() or SparkSession.builder.getOrCreate()
    session.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    session.sql(f"CREATE DATABASE lake LOCATION 'file://{tmp_path}/lake'")
    yield session.sql
    session.conf.unset("spark.sql.parquet.outputTimestampType")
    session.sql("DROP DATABASE lake CASCADE")


def world_on(root, table):
    """A working folder whose records are that table."""
    world = make_world(root)
    mapping = root / "mapping.toml"
    mapping.write_text(mapping.read_text().replace('files = ["records.parquet"]', f'table = "{table}"'))
    world.workspace = open_workspace(root)
    return world


def without_places(manifest):
    return replace(manifest, engine={}, sources=())


def test_a_table_of_parquet_is_read_where_it_lies(spark_master, lake, tmp_path):
    plain = make_world(tmp_path / "files")
    lake(f"CREATE TABLE lake.posts USING parquet AS SELECT * FROM parquet.`{plain.root}/records.parquet`")
    world = world_on(tmp_path / "table", "lake.posts")
    manifest = world.build(master=spark_master).manifest
    assert without_places(manifest) == without_places(plain.build().manifest)
    assert {each.path.startswith(str(tmp_path / "lake")) for table in manifest.sources for each in table.files} == {
        True
    }


def test_a_view_is_copied_and_anybody_can_read_the_copy(spark_master, lake, tmp_path):
    plain = make_world(tmp_path / "files")
    lake(f"CREATE TABLE lake.all_posts USING parquet AS SELECT * FROM parquet.`{plain.root}/records.parquet`")
    lake("CREATE VIEW lake.posts AS SELECT * FROM lake.all_posts WHERE id <> 'p-m0-0'")
    world = world_on(tmp_path / "view", "lake.posts")
    manifest = world.build(master=spark_master).manifest
    again = world.build().manifest
    assert manifest.counts == again.counts
    assert next(each.path for table in manifest.sources for each in table.files).startswith("staging/site/catalogue-1/")


def test_a_table_with_instants_in_twelve_bytes_is_copied(spark_master, lake, tmp_path):
    plain = make_world(tmp_path / "files")
    lake("SET spark.sql.parquet.outputTimestampType = INT96")
    lake(f"CREATE TABLE lake.posts USING parquet AS SELECT * FROM parquet.`{plain.root}/records.parquet`")
    manifest = world_on(tmp_path / "old", "lake.posts").build(master=spark_master).manifest
    assert without_places(manifest) == without_places(plain.build().manifest)


def test_a_table_that_nobody_looked_up_is_told_how_to_be(tmp_path):
    world = world_on(tmp_path, "lake.posts")
    with pytest.raises(InputError, match=r"table `lake\.posts` is in a catalogue") as raised:
        read_inputs(world.workspace, lambda *_: None)
    assert "--engine spark" in raised.value.hint


def test_a_table_that_is_missing_is_named(spark_master, lake, tmp_path):
    with pytest.raises(InputError, match=r"no table `lake\.nothing`"):
        world_on(tmp_path, "lake.nothing").build(master=spark_master)


def test_a_table_without_a_mapped_column_is_named(spark_master, lake, tmp_path):
    lake("CREATE TABLE lake.posts USING parquet AS SELECT '1' AS id")
    with pytest.raises(InputError, match=r"table `lake\.posts` has no column `aipref`"):
        world_on(tmp_path, "lake.posts").build(master=spark_master)
