"""The Java that Spark runs on: there, and new enough, before anything is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from assent.errors import UnavailableError

OLDEST: Final = 17
_HINT = "install it with `apt-get install openjdk-17-jre-headless`, or let JAVA_HOME name the folder of one"
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


def require_java(environ: Mapping[str, str] = os.environ) -> None:
    """A Java that Spark can run on is where Spark looks for one.

    Raises:
        UnavailableError: there is none, it does not start, or it is too old.
    """
    java = _find(environ)
    if java is None:
        raise UnavailableError(f"spark needs Java {OLDEST} or newer, and there is none", hint=_HINT)
    try:
        # The same program Spark would start.
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        raise UnavailableError(f"the Java at `{java}` does not start", hint=_HINT) from None
    found = _VERSION.search(told.stderr + told.stdout)
    if told.returncode or found is None:
        raise UnavailableError(f"the Java at `{java}` does not start", hint=_HINT)
    if int(found[1]) < OLDEST:
        raise UnavailableError(f"the Java at `{java}` is version {found[1]}; spark needs {OLDEST} or newer", hint=_HINT)


def _find(environ: Mapping[str, str]) -> str | None:
    """JAVA_HOME goes before the path, as it does for Spark."""
    home = environ.get("JAVA_HOME")
    if home:
        java = Path(home) / "bin" / "java"
        return str(java) if java.exists() else None
    return shutil.which("java", path=environ.get("PATH"))
