#!/usr/bin/env bash
# Writes the stubs of the proto contracts.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline contracts generate "$@"
