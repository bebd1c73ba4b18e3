#!/usr/bin/env bash
# All gates; says all findings, not only those of the first gate that fails.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline check "$@"
