#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

# Look at a host as its administrator would, and print what is wrong. On stdin: what is secret.
# Arguments: user, unit, and other hosts, whose GUI must not be reached from here.
set -euo pipefail
user=$1
unit=$2
shift 2
secrets=$(cat)
home=$(getent passwd "$user" | cut -d: -f6)
key=$(find "$home" -name key.pem)
config=$(dirname "$key")
secrets+=$'\n'$(sed -n 3p "$key")

expect() { # WHAT IS SHALL-BE
    [ "$2" = "$3" ] || echo "$1: $2, not $3"
}

expect "$unit" "$(systemctl is-active "$unit")" active
expect "$unit at boot" "$(systemctl is-enabled "$unit")" enabled
expect "owner of the processes" "$(ps -C syncthing -o user= | sort -u)" "$user"
expect "mode of $config" "$(stat -c '%a %U' "$config")" "700 $user"
expect "mode of $key" "$(stat -c '%a %U' "$key")" "600 $user"
expect "mode of config.xml" "$(stat -c '%a %U' "$config/config.xml")" "600 $user"
expect "the GUI's address" "$(ss -Hltn 'sport = 8384' | awk '{ print $4 }')" 127.0.0.1:8384
expect "the GUI without password" "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8384/rest/system/status | sed 's/401/403/')" 403
expect "folders that nobody declared" "$(grep -c '<folder id="default"' "$config/config.xml" || true)" 0
for other in "$@"; do
    curl --silent --max-time 5 "http://$other:8384/" > /dev/null && status=0 || status=$?
    # the connection is refused, or a firewall drops it
    [ "$status" = 28 ] || expect "curl's status at $other's GUI" "$status" 7
done

# printf is the shell's own: its arguments are in no process list
for number in $(seq "$(wc -l <<< "$secrets")"); do
    secret=$(sed -n "${number}p" <<< "$secrets")
    [ -n "$secret" ]
    if journalctl --output=cat | grep -qFf <(printf '%s\n' "$secret"); then echo "secret $number is in the journal"; fi
    if cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\0' ' ' | grep -qFf <(printf '%s\n' "$secret"); then
        echo "secret $number is in the process list"
    fi
done
