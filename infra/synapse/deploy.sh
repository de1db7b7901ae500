#!/usr/bin/env bash
# Puts the pipelines of this folder into a Synapse workspace. You can repeat it. It starts no trigger.
#
#   infra/synapse/deploy.sh --workspace my-workspace --set account=mylake --set container=lake --set directory=raw …
#
# Needs the Azure CLI, signed in (az login), and the role Synapse Artifact Publisher in the workspace.
set -euo pipefail

usage() {
  echo "usage: deploy.sh --workspace <name> [--set <placeholder>=<value> …] [--print]"
  echo "  --workspace  the Synapse workspace"
  echo "  --set        replaces <placeholder> in the files, for example --set account=mylake"
  echo "  --print      prints the commands, and runs none"
}

here=$(cd "$(dirname "$0")" && pwd)
workspace=
only_print=no
names=()
values=()
while [ $# -gt 0 ]; do
  case "$1" in
    --workspace) workspace=${2:?}; shift 2 ;;
    --set) names+=("${2%%=*}"); values+=("${2#*=}"); shift 2 ;;
    --print) only_print=yes; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "Cannot deploy: every argument must be known: it is \"$1\"" >&2; usage >&2; exit 2 ;;
  esac
done
if [ -z "$workspace" ]; then
  echo 'Cannot deploy: --workspace must name the Synapse workspace: it is missing' >&2
  exit 2
fi

filled=$(mktemp -d)
trap 'rm -rf "$filled"' EXIT

# Creates each kind after the kinds that it refers to.
for kind in linkedService/AtlasKeyVault linkedService dataset pipeline trigger; do
  for file in "$here/$kind".json "$here/$kind"/*.json; do
    [ -f "$file" ] || continue
    if [ "$kind" = linkedService ] && [ "$(basename "$file")" = AtlasKeyVault.json ]; then continue; fi
    text=$(cat "$file")
    for at in "${!names[@]}"; do
      text=${text//"<${names[$at]}>"/"${values[$at]}"}
    done
    name=$(basename "$file" .json)
    if [ "$only_print" = no ] && open=$(grep -o '<[a-z ]*>' <<<"$text" | sort -u) && [ -n "$open" ]; then
      echo "Cannot deploy $name: every placeholder must have a --set: these have none: $(tr '\n' ' ' <<<"$open")" >&2
      exit 1
    fi
    printf '%s\n' "$text" > "$filled/$name.json"
    case "$kind" in
      linkedService*) command=linked-service ;;
      *) command=$kind ;;
    esac
    echo "az synapse $command create --workspace-name $workspace --name $name"
    if [ "$only_print" = no ]; then
      az synapse "$command" create --workspace-name "$workspace" --name "$name" --file "@$filled/$name.json" --output none
    fi
  done
done
echo 'Start a trigger with: az synapse trigger start --workspace-name '"$workspace"' --name <OnArrival, EveryHour or EveryQuarter>'
