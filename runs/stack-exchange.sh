#!/usr/bin/env bash
# A real platform's dump, built twice: under its own rules, and under rules that ask what the dump does not say.
#   runs/stack-exchange.sh DUMP_FOLDER [WORK_FOLDER]
set -euo pipefail
dump=$(realpath "${1:?the folder of an unpacked Stack Exchange dump}")
work=${2:-$(mktemp -d)}
assent=${ASSENT:-$(realpath "$(dirname "$0")/../.venv/bin/assent")}
mkdir -p "$work" && cd "$work"

"$assent" source preview stackexchange "$dump"
"$assent" init . --pack community-qa
"$assent" ledger init
"$assent" source add dump stackexchange "$dump"
"$assent" source import dump

# Choices as a platform has them: a table of settings as of a day. Every 7th member left, every 28th came back.
"$(dirname "$assent")/python" - "$dump/Users.xml" <<'PY' > settings.csv
import sys
from defusedxml.ElementTree import iterparse
print("member,setting,value,changed_at")
for _, row in iterparse(sys.argv[1]):
    number = int(row.get("Id", "-1"))
    if number > 0 and number % 7 == 0:
        value = "on" if number % 28 == 0 else "off"
        print(f"se:{number},generative_ai_improvement,{value},2025-10-{number % 28 + 1:02}T09:00:00Z")
PY
"$assent" ledger import --state-table settings.csv
"$assent" ledger import --state-table settings.csv   # a nightly run: nothing new
printf '%s\n' \
  '{"type":"objection.received","member":"se:8","purpose":"train_generative","effective_at":"2025-10-10T12:00:00Z"}' \
  '{"type":"objection.decided","member":"se:8","purpose":"train_generative","outcome":"upheld","effective_at":"2025-10-30T12:00:00Z"}' \
  '{"type":"objection.received","member":"se:40","purpose":"train_generative","effective_at":"2025-11-01T12:00:00Z"}' \
  > objections.jsonl
"$assent" ledger import objections.jsonl

at=2025-12-01T00:00:00Z
"$assent" build train_generative --at "$at"
"$assent" build train_generative --at "$at" --pack professional-network-2025-11
for snapshot in snapshots/train_generative-*; do "$assent" verify "$snapshot"; cat "$snapshot/card.md"; done
"$assent" explain --pack professional-network-2025-11 --at "$at" comment:2
