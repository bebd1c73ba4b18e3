#!/usr/bin/env bash
# Retired service ids and the services that took over from them.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline check --gate alias-lineage "$@"
