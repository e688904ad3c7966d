#!/usr/bin/env bash
# Base, adapters in shards, memory and both, beside each other: nats per token, cost per token and per take-back.
#   runs/routes.sh [--quick]      20 minutes of one core, 3 with --quick; data folder by ASSENT_TEST_DATA
set -euo pipefail
cd "$(dirname "$0")/.."
OMP_NUM_THREADS=1 exec "${PYTHON:-.venv/bin/python}" -m bench routes "$@"
