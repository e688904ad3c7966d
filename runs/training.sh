#!/usr/bin/env bash
# Tokens/s of a shard's training against the Trainer of transformers on the same texts, size and batch.
#   runs/training.sh [--quick]      a few minutes of one core
set -euo pipefail
cd "$(dirname "$0")/.."
OMP_NUM_THREADS=1 exec "${PYTHON:-.venv/bin/python}" -m bench "$@" training
