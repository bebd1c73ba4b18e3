#!/usr/bin/env bash
# Writes services-index.yaml and dependency-load-order.md; --check only compares.
set -u
. "$(dirname "$0")/tierline.sh"
command=(index generate) arguments=()
for argument in "$@"; do
  if [ "$argument" = --check ]; then
    command=(index check)
  else
    arguments+=("$argument")
  fi
done
run_tierline "${command[@]}" ${arguments[@]+"${arguments[@]}"}
