# Sourced by the scripts beside it: runs tierline and gives its answer in their exit codes.
# 0 ok, 1 findings (NO-GO or HOLD), 2 a tool error.

run_tierline() {
  local tool=${TIERLINE:-tierline} root=() argument
  command -v "$tool" >/dev/null 2>&1 || {
    echo "$tool is not installed: pip install tierline, or set TIERLINE" >&2
    exit 2
  }
  for argument in "$@"; do
    case $argument in --root-path | --root-path=*) root=(given) ;; esac
  done
  if [ ${#root[@]} -eq 0 ]; then
    "$tool" "$@" --root-path mesh
  else
    "$tool" "$@"
  fi
  case $? in
    0) exit 0 ;;
    3 | 4) exit 1 ;;
    *) exit 2 ;;
  esac
}
