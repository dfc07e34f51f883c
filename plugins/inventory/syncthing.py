# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: syncthing
short_description: The devices of a Syncthing daemon as hosts
version_added: 1.0.0
description:
  - Makes a host of every device that a running daemon knows.
  - The name of the inventory's file must end in C(syncthing.yml) or C(syncthing.yaml).
  - The plugin runs on the controller, so this is where O(config_dir), O(ca_path) and the libraries must be.
  - Every host has the variables C(syncthing_device_id), C(syncthing_device_name), C(syncthing_addresses),
    C(syncthing_paused), C(syncthing_introduced_by), C(syncthing_shared_folders) with IDs of folders,
    C(syncthing_is_self), C(syncthing_connected), C(syncthing_connection_type), C(syncthing_connection_address),
    C(syncthing_connection_host), C(syncthing_client_version) and C(syncthing_last_seen). Those that the daemon does
    not know are V(none).
  - C(syncthing_connection_host) is the address without the port. It is V(none) for a device that is connected through a
    relay, since the address is then that of the relay.
options:
  plugin:
    description: Says that a file is for this plugin.
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
  config_dir:
    env:
      - name: SYNCTHING_CONFIG_DIR
  hostname:
    description:
      - What a host is called.
      - V(name) takes the name of the device. Characters that a host name can't have become C(_), and all after the 60th
        is cut off. Devices with the same name get a part of their ID appended, and one without a name is called by
        its ID.
      - A device whose name is that of a group, of another host of the inventory, of a variable that Ansible reserves,
        or of the controller itself, gets a part of its ID appended too, and a warning says so. One whose name looks
        like a device ID is called by its own ID.
      - A host of another inventory source is taken for a device only if it has the variable C(syncthing_device_id) with
        the ID of that device. Sources are read in order, so put this one last.
      - V(device_id) takes the device ID.
      - A device can choose its own name if it was added without one, and introducers choose names of others. Ansible
        connects to the name of a host if there is no C(ansible_host), so take V(device_id) and set C(ansible_host) by
        O(compose) where names are not trusted.
    type: str
    choices:
      - name
      - device_id
    default: name
  include_self:
    description: Whether the daemon's own device is a host too.
    type: bool
    default: false
  connected_only:
    description:
      - Whether to leave out devices that are not connected.
      - The daemon's own device counts as connected.
    type: bool
    default: false
  folders:
    description:
      - IDs of folders. Only devices that share one of them become hosts.
      - With an empty list, all devices do.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - community.syncthing.connection
notes:
  - Names of devices come from other people's computers. They are data, and no template in them is ever evaluated.
  - If O(keyed_groups) makes groups of such names, set a C(prefix) that no other group has, so that no device can choose
    the group that it joins.
  - The API key is not part of the cache.
seealso:
  - module: community.syncthing.syncthing_info
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""# fmt: code
---
# The daemon of the user who runs Ansible; nothing else has to be said.
plugin: community.syncthing.syncthing

---
# A daemon elsewhere. The key comes from the environment variable SYNCTHING_API_KEY.
plugin: community.syncthing.syncthing
api_url: https://nas.example:8384
ca_path: /etc/ssl/certs/ca-certificates.crt
timeout: 10

---
# A daemon elsewhere, with its key from a file that Ansible Vault encrypted.
plugin: community.syncthing.syncthing
api_url: https://nas.example:8384
ca_path: /etc/ssl/certs/ca-certificates.crt
api_key: "{{ lookup('ansible.builtin.unvault', '/etc/ansible/syncthing.key') | trim }}"

---
# Connect where Syncthing is connected to, and group by folder, version and state.
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
# Only who is there now and has a certain folder; asked for at most once in ten minutes.
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
from ansible_collections.community.syncthing.plugins.module_utils import _discovery
from ansible_collections.community.syncthing.plugins.module_utils._client import SyncthingClient
from ansible_collections.community.syncthing.plugins.module_utils._errors import SyncthingError
from ansible_collections.community.syncthing.plugins.module_utils._info import gather
from ansible_collections.community.syncthing.plugins.module_utils._transport import MissingLibrary
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
                    "The device %s calls itself %r, which stands for something else, such as a group or another host. "
                    "Its host is called %s." % (device["device_id"], device["device_name"], name)
                )
            self._add(name, joined[device["device_id"]])

    def _other_hosts(self, devices: t.List[t.Dict[str, t.Any]]) -> t.Set[str]:
        """Names of hosts of other sources, but for those that are one of these devices by its ID."""
        names = host_names(devices, True)
        ours = {(names[device["device_id"]], device["device_id"]) for device in devices}
        return {
            name
            for name, host in self.inventory.hosts.items()
            if (name, str(host.vars.get("syncthing_device_id"))) not in ours
        }

    def _devices(self, path: str, cache: bool) -> t.List[t.Dict[str, t.Any]]:
        """Return the devices from the cache, or ask for them; ``cache`` is false when the inventory is refreshed."""
        caching = self.get_option("cache")
        key = self.get_cache_key(path)
        if caching and cache and key in self._cache:
            return self._cache[key]
        devices = self._ask()
        if caching:
            self._cache[key] = devices
        return devices

    def _ask(self) -> t.List[t.Dict[str, t.Any]]:
        try:
            endpoint = _discovery.resolve(**{name: self._option(name) for name in WHERE})
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
                    self.display.warning("%s is not put into the group %s: %s" % (group, parent, exc))

    def _make_group(self, name: str) -> bool:
        if name in self.inventory.hosts or name in ("all", "ungrouped"):
            self.display.warning("The group %s is left out: a host has that name, or it is Ansible's own." % name)
            return False
        self.inventory.add_group(name)
        return True


class _Recorder:
    """Takes the place of the inventory while the options of a device are evaluated, and remembers what they ask for."""

    def __init__(self, name: str, known: t.Any) -> None:
        self._host = Host(name)
        self._host.vars = dict(known.vars if known else {})
        self.variables: t.Dict[str, t.Any] = {}
        self.joins: t.List[str] = []
        self.parents: t.List[t.Tuple[str, str]] = []

    def groups(self) -> t.Set[str]:
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
