#!/usr/bin/env bash
# A memory: a member out of ten million entries, tokens/s with search and without, what it repeats word for word.
#   runs/memory.sh [--quick]      10 minutes of one core, 2 with --quick
set -euo pipefail
cd "$(dirname "$0")/.."
OMP_NUM_THREADS=1 exec "${PYTHON:-.venv/bin/python}" -m bench memory "$@"
