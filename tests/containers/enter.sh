#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

# Ansible's connections use this as Podman: `podman exec` takes half a second each time, this takes milliseconds.
# Commands get the capabilities that the containers have, see extensions/molecule/tasks/create.yml.
set -eu
capabilities=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+net_bind_service,+setfcap,+setgid,+setpcap,+setuid
capabilities=$capabilities,+sys_chroot,+audit_write,+mknod,+net_raw,+net_admin,+sys_admin,+sys_ptrace

case "$*" in
    "exec -i "[!-]*) shift 2 ;;
    "exec "[!-]*) shift && exec < /dev/null ;;
    # such as exec --user
    *) exec podman "$@" ;;
esac
pid=$(podman container inspect --format '{{.State.Pid}}' "$1")
if [ "$pid" = 0 ]; then
    echo "Error: no such container is running: $1" >&2
    exit 125
fi
shift
exec env --ignore-environment HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    setpriv --bounding-set="$capabilities" --inh-caps=-all \
    nsenter --target="$pid" --mount --uts --ipc --net --pid --cgroup "$@"
