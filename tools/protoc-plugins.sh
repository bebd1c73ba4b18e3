#!/usr/bin/env bash
# Builds the plugins of protoc for Go that the tests run, at pinned versions, into .cache/protoc-plugins.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A module_of=(
  [protoc-gen-go]=google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
  [protoc-gen-go-grpc]=google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
)
command -v go >/dev/null || {
  echo "protoc-plugins: no Go here; tests that need the plugins are skipped" >&2
  exit 0
}
folder=$PWD/.cache/protoc-plugins
for plugin in "${!module_of[@]}"; do
  stamp=$folder/.$plugin.${module_of[$plugin]##*@}
  [ -x "$folder/$plugin" ] && [ -f "$stamp" ] && continue
  mkdir -p "$folder"
  if GOBIN=$folder GOFLAGS='' GOWORK=off go install "${module_of[$plugin]}"; then
    touch "$stamp"
  else
    echo "protoc-plugins: $plugin could not be built; tests that need it are skipped" >&2
  fi
done
