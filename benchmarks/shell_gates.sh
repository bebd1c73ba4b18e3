#!/usr/bin/env bash
# What people write in shell for the gates structure, index and load-order: here to be compared with.
#
#     bash benchmarks/shell_gates.sh DIR          DIR holds mesh/ and viralForge/specs/
#
# One line a finding, exit code 1 if there are any. Like the scripts it stands for, it asks a small
# program about a file or a field at a time; unlike many of them it goes on after a finding.
set -uo pipefail
export LC_ALL=C
cd "${1:?the folder above the mesh}"
mesh=mesh specs=viralForge/specs index=mesh/services/services-index.yaml
order=mesh/docs/dependency-load-order.md
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
findings=0

finding() {
  findings=$((findings + 1))
  echo "$1"
}

required() { # FILE...
  for file in "$@"; do
    if [ ! -f "$file" ]; then
      finding "$file is missing"
    elif [ ! -s "$file" ] && [ "${file##*/}" != .gitkeep ]; then
      finding "$file is empty"
    fi
  done
}

services() {
  sed -n 's/^  - service_id: //p' "$index"
}

field() { # SERVICE FIELD
  awk -v id="$1" -v key="$2:" '
    $1 == "-" && $2 == "service_id:" { mine = ($3 == id) }
    mine && $1 == key { print $2; exit }' "$index"
}

list() { # SERVICE FIELD
  awk -v id="$1" -v key="$2:" '
    $1 == "-" && $2 == "service_id:" { mine = ($3 == id); inside = 0; next }
    mine && /^    [a-z_]+:/ { inside = ($1 == key); next }
    mine && inside && $1 == "-" { print $2 }' "$index"
}

declared() { # SERVICE FIELD
  awk -v id="$1:" -v key="$2:" '
    /^[^ ]/ { mine = ($1 == id); inside = 0; next }
    mine && /^  [a-z_]+:/ { inside = ($1 == key); next }
    mine && inside && $1 == "-" { print $2 }' "$specs/dependencies.yaml"
}

folder_of() { # SERVICE
  local number=${1%%-*} rest=${1#*-}
  rest=$(printf '%s' "$rest" | tr 'A-Z' 'a-z' | sed 's/[^a-z0-9][^a-z0-9]*/-/g; s/^-//; s/-$//')
  echo "$number-$rest"
}

metadata_name() { # FILE
  awk '/^metadata:/ { inside = 1; next } /^[^ #]/ { inside = 0 } inside && $1 == "name:" { print $2; exit }' "$1"
}

structure() {
  required "$mesh"/{README.md,.env.example,go.work,platform/{version.yaml,go.mod}} \
    "$mesh"/docs/{architecture-principles,service-lifecycle,local-dev,dependency-load-order}.md \
    "$mesh"/contracts/{go.mod,buf.yaml,buf.gen.yaml,{proto,openapi,events,schemas}/README.md} \
    "$mesh"/environments/compose/docker-compose.{base,services}.yaml \
    "$index" "$mesh/tooling/manifests/implemented-services.yaml"
  for folder in contracts/gen/go environments/k8s/base environments/k8s/overlays; do
    [ -d "$mesh/$folder" ] || finding "$mesh/$folder is missing"
  done
  services | while read -r id; do folder_of "$id"; done | sort >"$work/declared"
  find "$mesh/services" -mindepth 2 -maxdepth 2 -type d -printf '%f\n' | sort >"$work/found"
  while read -r name; do finding "folder $name belongs to no service"; done \
    < <(comm -13 "$work/declared" "$work/found")
  while read -r id; do service "$id"; done < <(services)
}

service() { # SERVICE
  local domain name folder found module
  domain=$(field "$1" cluster)
  name=$(folder_of "$1")
  folder=$mesh/services/$domain/$name
  found=$(find "$mesh/services" -mindepth 2 -maxdepth 2 -type d -name "$name" | wc -l)
  [ "$found" -eq 1 ] || finding "$1 has $found folders"
  [ -d "$folder" ] || { finding "$1 has no folder $folder"; return; }
  required "$folder"/{README.md,go.mod,cmd/api/main.go,cmd/worker/main.go,.golangci.yml,Makefile} \
    "$folder"/{configs/default.yaml,deploy/compose/service.compose.yaml} \
    "$folder"/deploy/k8s/{deployment,service,configmap,hpa,pdb}.yaml
  for suite in unit integration contract; do
    [ -n "$(ls -A "$folder/tests/$suite" 2>/dev/null)" ] || finding "$folder/tests/$suite is empty"
  done
  module=$(sed -n 's/^module //p' "$folder/go.mod")
  case $module in
    */services/$domain/$name) ;;
    *) finding "$folder/go.mod: module $module" ;;
  esac
  grep -qF "./services/$domain/$name" "$mesh/go.work" || finding "go.work does not use $folder"
  grep -qs '^package bootstrap' "$folder"/internal/app/bootstrap/*.go &&
    grep -qsE '^func (Build|NewRuntime)\(' "$folder"/internal/app/bootstrap/*.go ||
    finding "$folder has no bootstrap package"
  for kind in deployment service configmap hpa pdb; do
    [ -n "$(metadata_name "$folder/deploy/k8s/$kind.yaml")" ] || finding "$folder: $kind has no name"
  done
}

index_is_fresh() {
  services | sort -V | cmp -s - <(services) || finding "$index is not sorted"
  [ -z "$(services | sort | uniq -d)" ] || finding "$index has a service twice"
  while read -r id; do
    local path
    path=$(field "$id" module_path)
    [ "$path" = "mesh/services/$(field "$id" cluster)/$(folder_of "$id")" ] || finding "$id: $path"
    list "$id" dbr_deps | cmp -s - <(declared "$id" depends_on | sed -n 's/^DBR://p' | sort -u) ||
      finding "$id: dbr_deps differ"
    list "$id" event_deps | cmp -s - <(declared "$id" depends_on | sed -n 's/^EVENT://p' | sort -u) ||
      finding "$id: event_deps differ"
    list "$id" provides | cmp -s - <(declared "$id" provides | sort -u) ||
      finding "$id: provides differ"
  done < <(services)
}

load_order() {
  services >"$work/ids"
  while read -r id; do
    list "$id" dbr_deps | while read -r owner; do
      grep -qxF "$owner" "$work/ids" && echo "$owner $id"
    done
  done <"$work/ids" >"$work/edges"
  tsort "$work/edges" >"$work/sorted" 2>/dev/null || finding "the DBR edges have a cycle"
  awk 'NR == FNR { owners[$2] = owners[$2] " " $1; next }
    { level[$1] += 0; n = split(owners[$1], o, " ")
      for (i = 1; i <= n; i++) if (level[o[i]] + 1 > level[$1]) level[$1] = level[o[i]] + 1
      print level[$1], $1 }' "$work/edges" <(cat "$work/sorted" - <"$work/ids" | awk '!seen[$0]++') |
    sort -k1,1n -k2 >"$work/levels"
  sed -n '/^## DBR Topological Levels/,/^## Startup Tiers/p' "$order" |
    awk '/^### Level/ { level = $3 } /^- / { print level, $2 }' | cmp -s - "$work/levels" ||
    finding "$order: the levels differ"
  grep -qx -- "- Total microservices: $(wc -l <"$work/ids")" "$order" || finding "$order: the total differs"
  while read -r id; do
    local owners
    owners=$(awk -v id="$id" '$2 == id { print $1 }' "$work/edges" | sort | paste -sd, | sed 's/,/, /g')
    grep -qxF "| $id | ${owners:-none} | $(awk -v id="$id" '$2 == id' "$work/edges" | wc -l) |" "$order" ||
      finding "$order: the row of $id differs"
  done <"$work/ids"
}

structure
index_is_fresh
load_order
echo "$findings findings in $(services | wc -l) services"
[ "$findings" -eq 0 ]
