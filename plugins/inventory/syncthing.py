# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: syncthing
short_description: Devices of a Syncthing daemon as inventory source
version_added: 1.0.0
description:
  - Creates an inventory host for each device in the configuration of a running daemon.
  - The name of the inventory file must end with C(syncthing.yml) or C(syncthing.yaml).
  - The plugin runs on the control node, so O(config_dir), O(ca_path) and the required libraries must be there.
  - Each host has the variables C(syncthing_device_id), C(syncthing_device_name), C(syncthing_addresses),
    C(syncthing_paused), C(syncthing_introduced_by), C(syncthing_shared_folders) with folder IDs,
    C(syncthing_is_self), C(syncthing_connected), C(syncthing_connection_type), C(syncthing_connection_address),
    C(syncthing_connection_host), C(syncthing_client_version) and C(syncthing_last_seen). Values that the daemon does
    not know are V(none).
  - C(syncthing_connection_host) is the address without the port. It is V(none) for a device that is connected through
    a relay, because the address is the address of the relay.
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices:
      - community.syncthing.syncthing
  api_url:
    env:
      - name: SYNCTHING_API_URL
  api_key:
    env:
      - name: SYNCTHING_API_KEY
  ca_path:
    env:
      - name: SYNCTHING_CA_PATH
  config_dir:
    env:
      - name: SYNCTHING_CONFIG_DIR
  hostname:
    description:
      - How to name the hosts.
      - V(name) uses the name of the device. Characters that are not allowed in host names are replaced by C(_), and
        names are truncated to 60 characters. If several devices have the same name, a part of their device ID is
        appended. If a device has no name, its device ID is used.
      - If the name of a device is also the name of a group, of another inventory host, of a reserved variable of
        Ansible, or of the control node, a part of its device ID is appended, and a warning is shown. If the name
        looks like a device ID, the device's own ID is used instead.
      - A host of another inventory source is only considered to be the same device if its variable
        C(syncthing_device_id) is the ID of this device. Inventory sources are read in order, so put this one last.
      - V(device_id) uses the device ID.
      - A device that was added without a name chooses its own name, and introducers choose the names of other
        devices. Ansible connects to the name of a host if C(ansible_host) is not set. If you do not trust the names,
        use V(device_id) and set C(ansible_host) with O(compose).
    type: str
    choices:
      - name
      - device_id
    default: name
  include_self:
    description: Whether to include the daemon's own device.
    type: bool
    default: false
  connected_only:
    description:
      - Whether to include only devices that are connected.
      - The daemon's own device is always considered connected.
    type: bool
    default: false
  folders:
    description:
      - The IDs of folders. Only devices that share at least one of these folders are included.
      - With an empty list, all devices are included.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - community.syncthing.connection
notes:
  - The names of devices come from other computers. Templates in names are never evaluated.
  - If you use names in O(keyed_groups), set a C(prefix) that no other group has, so that devices cannot choose a
    group to join.
  - The API key is not stored in the cache.
seealso:
  - module: community.syncthing.syncthing_info
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""# fmt: code
---
# The daemon of the user that runs Ansible does not need any other options.
plugin: community.syncthing.syncthing

---
# A daemon on another host. The API key is in the environment variable SYNCTHING_API_KEY.
plugin: community.syncthing.syncthing
api_url: https://nas.example:8384
ca_path: /etc/ssl/certs/ca-certificates.crt
timeout: 10

---
# A daemon on another host. The API key is in a file that is encrypted with Ansible Vault.
plugin: community.syncthing.syncthing
api_url: https://nas.example:8384
ca_path: /etc/ssl/certs/ca-certificates.crt
api_key: "{{ lookup('ansible.builtin.unvault', '/etc/ansible/syncthing.key') | trim }}"

---
# Connect to the addresses that Syncthing uses, and group hosts by folder, version and state.
plugin: community.syncthing.syncthing
include_self: true
hostname: device_id
strict: true
compose:
  ansible_host: syncthing_connection_host | default('192.0.2.1', true)
groups:
  syncthing: true
  offline: not (syncthing_connected or syncthing_is_self)
  nas: "'nas' in syncthing_device_name | lower"
keyed_groups:
  - key: syncthing_shared_folders
    prefix: folder
  - key: syncthing_client_version | default('unknown', true)
    prefix: version

---
# Only devices that are connected and share a folder. Cache the result for ten minutes.
plugin: community.syncthing.syncthing
connected_only: true
folders:
  - documents
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/syncthing-inventory
cache_timeout: 600
"""

import typing as t

from ansible.errors import AnsibleParserError
from ansible.inventory.host import Host
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.vars.reserved import get_reserved_names
from ansible_collections.community.syncthing.plugins.module_utils._api import discovery
from ansible_collections.community.syncthing.plugins.module_utils._api.client import SyncthingClient
from ansible_collections.community.syncthing.plugins.module_utils._errors import MissingLibrary, SyncthingError
from ansible_collections.community.syncthing.plugins.module_utils._operations.info import gather
from ansible_collections.community.syncthing.plugins.plugin_utils._devices import (
    claimed_name,
    device_vars,
    host_names,
    may_be_host,
)

try:
    from ansible.utils.unsafe_proxy import wrap_var as never_a_template
except ImportError:

    def never_a_template(value: t.Any) -> t.Any:
        return value  # since ansible-core 2.19 no text that a plugin made is a template


WHERE = ("api_url", "api_key", "config_dir", "user")
HOW = ("auth_method", "validate_certs", "ca_path", "timeout", "retries")
_ROUNDS = 5  # of choosing names, which groups may be made of


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "community.syncthing.syncthing"

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(("syncthing.yml", "syncthing.yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        devices = self._devices(path, cache)
        # Before any is left out: who is connected must not change what others are called.
        by_name = self.get_option("hostname") == "name"
        wanted = [device for device in devices if self._wanted(device)]
        groups = set(inventory.groups) | get_reserved_names() | {"ungrouped"}
        for _round in range(_ROUNDS):
            taken = groups | self._other_hosts(devices)
            names = host_names(devices, by_name, taken)
            joined = {device["device_id"]: self._constructed(names[device["device_id"]], device) for device in wanted}
            new = {group for found in joined.values() for group in found.groups()} - groups - set(inventory.hosts)
            groups |= new
            if new.isdisjoint(names.values()):
                break
        else:
            raise AnsibleParserError(
                "The groups that this file makes of names of hosts have the names of these hosts: give them a prefix."
            )
        for device in wanted:
            name, claimed = names[device["device_id"]], claimed_name(device)
            if by_name and claimed and name != claimed and (claimed in taken or not may_be_host(device)):
                self.display.warning(
                    f"The device {device['device_id']} calls itself {device['device_name']!r}, which stands for "
                    f"something else, such as a group or another host. Its host is called {name}."
                )
            self._add(name, joined[device["device_id"]])

    def _other_hosts(self, devices: list[dict[str, t.Any]]) -> set[str]:
        """Names of hosts of other sources, but for those that are one of these devices by its ID."""
        names = host_names(devices, True)
        ours = {(names[device["device_id"]], device["device_id"]) for device in devices}
        return {
            name
            for name, host in self.inventory.hosts.items()
            if (name, str(host.vars.get("syncthing_device_id"))) not in ours
        }

    def _devices(self, path: str, cache: bool) -> list[dict[str, t.Any]]:
        """Return the devices from the cache, or ask for them; ``cache`` is false when the inventory is refreshed."""
        caching = self.get_option("cache")
        key = self.get_cache_key(path)
        if caching and cache and key in self._cache:
            return self._cache[key]
        devices = self._ask()
        if caching:
            self._cache[key] = devices
        return devices

    def _ask(self) -> list[dict[str, t.Any]]:
        try:
            endpoint = discovery.resolve(**{name: self._option(name) for name in WHERE})
            with SyncthingClient(endpoint, **{name: self._option(name) for name in HOW}) as client:
                return device_vars(gather(client, ["devices", "folders", "connections", "stats"]))
        except SyncthingError as exc:
            raise AnsibleParserError(str(exc)) from None
        except MissingLibrary as exc:
            raise AnsibleParserError(missing_required_lib(exc.name)) from None

    def _option(self, name: str) -> t.Any:
        value = self.templar.template(self.get_option(name))
        return str(value) or None if isinstance(value, str) else value

    def _wanted(self, device: t.Mapping[str, t.Any]) -> bool:
        folders = self.get_option("folders")
        if device["is_self"] and not self.get_option("include_self"):
            return False
        if self.get_option("connected_only") and not (device["connected"] or device["is_self"]):
            return False
        return not folders or not set(folders).isdisjoint(device["shared_folders"])

    def _constructed(self, name: str, device: t.Mapping[str, t.Any]) -> _Recorder:
        """Return what the options make of a device, before anything is in the inventory."""
        variables = {"syncthing_" + key: never_a_template(value) for key, value in device.items()}
        recorder = _Recorder(name, self.inventory.hosts.get(name))
        for key, value in variables.items():
            recorder.set_variable(name, key, value)
        inventory, self.inventory = self.inventory, recorder
        try:
            strict = self.get_option("strict")
            self._set_composite_vars(self.get_option("compose"), variables, name, strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict)
        finally:
            self.inventory = inventory
        return recorder

    def _add(self, name: str, found: _Recorder) -> None:
        self.inventory.add_host(name)
        for key, value in found.variables.items():
            self.inventory.set_variable(name, key, value)
        for group in found.joins:
            if self._make_group(group):
                # not add_child, which takes a group of that name for the host
                self.inventory.add_host(name, group)
        for parent, group in found.parents:
            if self._make_group(parent) and self._make_group(group):
                try:
                    self.inventory.add_child(parent, group)
                except Exception as exc:  # a loop, for which ansible-core raises whatever it likes
                    self.display.warning(f"{group} is not put into the group {parent}: {exc}")

    def _make_group(self, name: str) -> bool:
        if name in self.inventory.hosts or name in ("all", "ungrouped"):
            self.display.warning(f"The group {name} is left out: a host has that name, or it is Ansible's own.")
            return False
        self.inventory.add_group(name)
        return True


class _Recorder:
    """Takes the place of the inventory while the options of a device are evaluated, and remembers what they ask for."""

    def __init__(self, name: str, known: t.Any) -> None:
        self._host = Host(name)
        self._host.vars = dict(known.vars if known else {})
        self.variables: dict[str, t.Any] = {}
        self.joins: list[str] = []
        self.parents: list[tuple[str, str]] = []

    def groups(self) -> set[str]:
        return {*self.joins, *(name for pair in self.parents for name in pair)}

    def get_host(self, _name: str) -> Host:
        return self._host

    def set_variable(self, _name: str, key: str, value: t.Any) -> None:
        self.variables[key] = value
        self._host.set_variable(key, value)

    def add_group(self, name: str) -> str:
        return name

    def add_host(self, _name: str, group: str) -> None:
        self.joins.append(group)

    def add_child(self, group: str, child: str) -> None:
        if child == self._host.name and group not in self.joins:
            self.joins.append(group)
        elif child != self._host.name:
            self.parents.append((group, child))
