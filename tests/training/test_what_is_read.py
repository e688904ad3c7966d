"""Whoever serves or audits does not wait for what only training needs."""

from __future__ import annotations

import subprocess
import sys


def test_serving_reads_no_library_that_trains() -> None:
    code = "import sys, assent.operations.models as _; print(sorted({'peft', 'transformers'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
