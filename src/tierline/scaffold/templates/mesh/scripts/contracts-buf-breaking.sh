#!/usr/bin/env bash
# Whether the contracts break whom they bind; --against REF, default HEAD~1.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline contracts breaking "$@"
