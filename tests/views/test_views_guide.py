"""The guide on views is true: pasted into a shell from top to bottom it does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "views-for-a-lake.md"


def test_the_guide_prints_what_it_says(tmp_path):
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    for name, what in (("python", ""), ("assent", " -m assent")):
        (tmp_path / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{what} "$@"\n')
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "\n".join(blocks)],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "[('p1', True, []), ('p2', False, ['setting_off'])]" in done.stdout
    assert "[('p1', 'How we test our backups: restore one every week.')]" in done.stdout
