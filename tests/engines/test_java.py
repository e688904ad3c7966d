"""A Java that is missing or too old is named, with what to do about it, before anything is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assent.engines import open_engine
from assent.engines.java import require_java
from assent.errors import UnavailableError

FIX = "apt-get install openjdk-17-jre-headless"


def java(folder: Path, says: str, *, fails: bool = False) -> dict[str, str]:
    """An environment whose JAVA_HOME says this of itself."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {int(fails)}\n")
    program.chmod(0o755)
    return {"JAVA_HOME": str(folder), "PATH": ""}


@pytest.mark.parametrize("says", ['openjdk version "17.0.15" 2025-04-15', 'java version "21" 2023-09-19 LTS'])
def test_a_java_of_17_or_later_will_do(tmp_path, says):
    assert require_java(java(tmp_path, says)) is None


@pytest.mark.parametrize(("says", "version"), [('java version "1.8.0_402"', "8"), ('openjdk version "11.0.2"', "11")])
def test_a_java_that_is_too_old_is_named_with_the_fix(tmp_path, says, version):
    with pytest.raises(UnavailableError, match=f"is version {version}; spark needs 17 or newer") as raised:
        require_java(java(tmp_path, says))
    assert FIX in raised.value.hint


@pytest.mark.parametrize("home", ["", "/nowhere"])
def test_a_java_that_is_missing_is_named_with_the_fix(home):
    with pytest.raises(UnavailableError, match="there is none") as raised:
        require_java({"JAVA_HOME": home, "PATH": ""})
    assert FIX in raised.value.hint


def test_a_java_that_does_not_start_is_named(tmp_path):
    with pytest.raises(UnavailableError, match="does not start"):
        require_java(java(tmp_path, "Error occurred during initialization of VM", fails=True))


def test_a_spark_that_is_not_installed_is_named_with_the_fix(tmp_path, monkeypatch):
    for name in [each for each in sys.modules if each.partition(".")[0] in {"pyspark", "py4j"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "assent.engines.spark", raising=False)
    monkeypatch.delitem(sys.modules, "assent.engines.spark_session", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "py4j", None)
    with pytest.raises(UnavailableError, match="spark is not installed") as raised:
        open_engine("local[1]", memory_mib=256, threads=1, folder=tmp_path)
    assert raised.value.hint == "install it with `pip install 'assent[spark]'`"
