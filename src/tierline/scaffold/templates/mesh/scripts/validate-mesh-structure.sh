#!/usr/bin/env bash
# Every folder and file that a mesh and its services must have.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline check --gate structure "$@"
