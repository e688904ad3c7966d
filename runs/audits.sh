#!/usr/bin/env bash
# What audits find in an overtrained model and find no more after a take-back; the ε vectors; a sabotaged take-back.
#   runs/audits.sh [--quick]      about 15 minutes of one core, 4 with --quick
set -euo pipefail
cd "$(dirname "$0")/.."
OMP_NUM_THREADS=1 exec "${PYTHON:-.venv/bin/python}" -m bench audits "$@"
