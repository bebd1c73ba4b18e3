#!/usr/bin/env bash
# Every event that is consumed or provided has its contract.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline check --gate event-contracts "$@"
