#!/usr/bin/env bash
# What people write in shell for the gates structure, index and load-order: here to be compared with.
#
#     bash benchmarks/shell_gates.sh DIR          DIR holds mesh/ and viralForge/specs/
#
# The index is generated anew and compared, as the scripts of meshes do; so is the order of loading.
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

category() { # SERVICE
  awk -F'|' -v id="$1" '
    { name = $2; gsub(/ /, "", name) }
    name == id { category = $3; sub(/^ */, "", category); sub(/ *$/, "", category) }
    END { print category }' "$specs/service-deployment-profile.md"
}

domain_of() { # SERVICE, as the deployment profile has it
  local title
  title=$(awk -v id="$1" '
    /^## / { inside = ($0 == "## Suggested Microservice Clusters") }
    inside && /^### / { title = substr($0, 5) }
    inside && $1 == "-" && $2 == id { print title; exit }' "$specs/service-deployment-profile.md")
  case $title in
    "Platform Edge and Reliability") echo platform-ops ;;
    "Integrations and External Boundaries") echo integrations ;;
    "Trust, Compliance, and Risk") echo trust-compliance ;;
    "Data, AI, and Decisioning") echo data-ai ;;
    "Financial Transaction Rails") echo financial-rails ;;
    "")
      case $(category "$1") in
        "Core Platform & Foundation" | "Internal Admin & Operations") echo core-platform ;;
        "Operational & Infrastructure") echo platform-ops ;;
        "Financials & Economy") echo financial-rails ;;
        "AI & Automation" | "Analytics & Reporting") echo data-ai ;;
        "Compliance & Data Governance" | "Moderation & Compliance") echo trust-compliance ;;
        *) echo integrations ;;
      esac ;;
    *) printf '%s\n' "$title" | tr 'A-Z' 'a-z' | sed 's/[^a-z0-9][^a-z0-9]*/-/g; s/^-//; s/-$//' ;;
  esac
}

entries() { # LIST: as the index writes it
  if [ -n "$1" ]; then sed 's/^/      - /' <<<"$1"; else echo "      []"; fi
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

generated() { # the index, from the files that it is made from
  printf 'version: 1\ngenerated_by: mesh/scripts/generate-mesh-index.sh\nservices:\n'
  awk '/^  [^ ]+:$/ { id = substr($1, 1, length($1) - 1) }
    $1 == "architecture:" && $2 == "microservice" { print id }' "$specs/service-architecture-map.yaml" |
    sort -V | while read -r id; do
    local domain
    domain=$(domain_of "$id")
    echo "  - service_id: $id"
    echo "    architecture: microservice"
    echo "    cluster: $domain"
    echo "    module_path: mesh/services/$domain/$(folder_of "$id")"
    echo "    dbr_deps:"
    entries "$(declared "$id" depends_on | sed -n 's/^DBR://p' | sort -u)"
    echo "    event_deps:"
    entries "$(declared "$id" depends_on | sed -n 's/^EVENT://p' | sort -u)"
    echo "    provides:"
    entries "$(declared "$id" provides | sort -u)"
  done
}

index_is_fresh() {
  generated | cmp -s - "$index" || finding "$index is not what its inputs give"
}

tier() { # DOMAIN
  case $1 in
    platform-ops) echo 0 ;;
    core-platform) echo 1 ;;
    *) echo 2 ;;
  esac
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
  services | while read -r id; do echo "$(tier "$(field "$id" cluster)") $id"; done >"$work/tiers"
  local number
  for number in 0 1 2; do
    grep -q "^- tier$number (.*): $(sed -n "s/^$number //p" "$work/tiers" | sort | paste -sd, | sed 's/,/, /g')$" "$order" ||
      finding "$order: tier $number differs"
  done
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
