#!/usr/bin/env bash
# Makes .venv with the packages of constraints.txt and this project in it. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null &&
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(command -v "$candidate")
    break
  fi
done
if [ -z "$python" ]; then
  echo "setup: no Python 3.11 or newer on PATH; install one and run this again" >&2
  exit 1
fi

stamp=.venv/.set-up
rm -f "$stamp"
if command -v uv >/dev/null; then
  [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
  install=(uv pip install --quiet --python .venv/bin/python)
else
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip --upgrade
  install=(.venv/bin/python -m pip install --quiet)
fi

echo "setup: installing the pinned packages into .venv" >&2
"${install[@]}" -r constraints.txt
"${install[@]}" --no-deps --no-build-isolation --editable .
# Under PYTHONDONTWRITEBYTECODE nobody else would compile, and every command would do it again.
.venv/bin/python -m compileall -q -j 0 -x /templates/ .venv/lib src/tierline >/dev/null || true
touch "$stamp"
