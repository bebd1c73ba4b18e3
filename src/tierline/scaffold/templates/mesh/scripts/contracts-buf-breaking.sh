#!/usr/bin/env bash
# Whether the contracts break whom they bind; --against REF, default where the branch began.
set -u
. "$(dirname "$0")/tierline.sh"
run_tierline contracts breaking "$@"
