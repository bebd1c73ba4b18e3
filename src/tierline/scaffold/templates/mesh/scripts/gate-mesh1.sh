#!/usr/bin/env bash
# Implemented services: listed once, known to the index, contracts of their events there.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline check --gate lifecycle "$@"
