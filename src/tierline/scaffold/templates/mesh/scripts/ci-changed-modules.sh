#!/usr/bin/env bash
# A JSON array of the module folders that changed: [BASE] [HEAD].
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline changed --format json "$@"
