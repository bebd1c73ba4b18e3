#!/usr/bin/env bash
# Builds the oasdiff that tests compare with, once, into .cache/oasdiff. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v1.36.0
folder=$PWD/.cache/oasdiff
if ! command -v go >/dev/null; then
  echo "oasdiff: no go on PATH; tests that need oasdiff are skipped" >&2
  exit 0
fi
[ -x "$folder/oasdiff" ] && [ "$("$folder/oasdiff" --version)" = "oasdiff version $version" ] && exit 0

echo "oasdiff: building $version (a minute)" >&2
mkdir -p "$folder"
GOBIN=$folder GOFLAGS=-mod=mod go install \
  -ldflags "-s -w -X github.com/oasdiff/oasdiff/build.Version=$version" \
  "github.com/oasdiff/oasdiff@$version"
