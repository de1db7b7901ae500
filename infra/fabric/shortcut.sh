#!/usr/bin/env bash
# Makes a shortcut to a table of changes, directly under Tables of a lakehouse. Fabric then shows it as a
# table, without a copy.
#
#   infra/fabric/shortcut.sh --workspace <id> --lakehouse <id> --connection <id> \
#     --location https://<account>.dfs.core.windows.net/<container> --table <directory>-tables/shop/orders
#
# Needs the Azure CLI, signed in (az login), and a cloud connection to the account. Make it in Fabric: Settings, Manage
# connections.
set -euo pipefail

usage() {
  echo "usage: shortcut.sh --workspace <id> --lakehouse <id> --connection <id> --location <address> --table <path> [--print]"
  echo "  --location  the container, such as https://mylake.dfs.core.windows.net/lake"
  echo "  --table     the folder of the table in the container, such as raw-tables/shop/orders"
  echo "  --print     prints the request, and sends none"
}

workspace= lakehouse= connection= location= table= only_print=no
while [ $# -gt 0 ]; do
  case "$1" in
    --workspace) workspace=${2:?}; shift 2 ;;
    --lakehouse) lakehouse=${2:?}; shift 2 ;;
    --connection) connection=${2:?}; shift 2 ;;
    --location) location=${2:?}; shift 2 ;;
    --table) table=${2:?}; shift 2 ;;
    --print) only_print=yes; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "Cannot make the shortcut: every argument must be known: it is \"$1\"" >&2; usage >&2; exit 2 ;;
  esac
done
for name in workspace lakehouse connection location table; do
  if [ -z "${!name}" ]; then
    echo "Cannot make the shortcut: --$name must be given: it is missing" >&2
    exit 2
  fi
done

# A shortcut's name takes letters, digits and _: shop/orders becomes shop_orders_changes, as npm run views has it.
folder=$(printf '%s' "$table" | awk -F/ '{ print $(NF - 1) "/" $NF }')
name=$(printf '%s' "$folder" | LC_ALL=C sed -E 's/[^A-Za-z0-9]+/_/g')_changes
url="https://api.fabric.microsoft.com/v1/workspaces/$workspace/items/$lakehouse/shortcuts"
body="{\"path\":\"Tables\",\"name\":\"$name\",\"target\":{\"adlsGen2\":{\"location\":\"$location\",\"subpath\":\"/$table\",\"connectionId\":\"$connection\"}}}"

if [ "$only_print" = yes ]; then
  printf 'POST %s\n%s\n' "$url" "$body"
  exit 0
fi
az rest --method post --resource https://api.fabric.microsoft.com --url "$url" --body "$body"
echo "Made the shortcut $name"
