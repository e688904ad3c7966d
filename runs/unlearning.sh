#!/usr/bin/env bash
# One take-back at the demo's size: effective, certified, cost against training everything anew, by links to other shards.
#   runs/unlearning.sh [--quick]      about half an hour of two cores, 3 minutes with --quick
set -euo pipefail
cd "$(dirname "$0")/.."
exec "${PYTHON:-.venv/bin/python}" -m bench "$@" unlearning
