#!/usr/bin/env bash
# The tour, timed: wall clock with CPU time and load beside it, since others may share the cores.
#   runs/tour.sh [--quick]      under 10 minutes of two cores, under 3 with --quick
set -euo pipefail
cd "$(dirname "$0")/.."
uptime
time "${PYTHON:-.venv/bin/python}" demo/tour.py "$@"
uptime
