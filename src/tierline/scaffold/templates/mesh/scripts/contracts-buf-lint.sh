#!/usr/bin/env bash
# Style of the proto contracts.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline contracts lint "$@"
