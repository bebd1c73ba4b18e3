#!/usr/bin/env bash
# Whether the stubs are those of the proto contracts.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline contracts generate --check "$@"
