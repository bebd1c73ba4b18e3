#!/usr/bin/env bash
# Writes services-index.yaml and dependency-load-order.md; --check only compares.
set -u
. "$(dirname "$0")/tierline.sh"
verb=generate arguments=()
for argument in "$@"; do
  if [ "$argument" = --check ]; then verb=check; else arguments+=("$argument"); fi
done
run_tierline index "$verb" ${arguments[@]+"${arguments[@]}"}
