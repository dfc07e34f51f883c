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
  - The API key is not part of the cache.
seealso:
  - module: community.syncthing.syncthing_info
author:
  - community.syncthing contributors (@ansible-collections)
"""

EXAMPLES = r"""
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
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible_collections.community.syncthing.plugins.module_utils import _discovery
from ansible_collections.community.syncthing.plugins.module_utils._client import SyncthingClient
from ansible_collections.community.syncthing.plugins.module_utils._errors import SyncthingError
from ansible_collections.community.syncthing.plugins.module_utils._info import gather
from ansible_collections.community.syncthing.plugins.module_utils._transport import MissingLibrary
from ansible_collections.community.syncthing.plugins.plugin_utils._devices import device_vars, host_names

try:
    from ansible.utils.unsafe_proxy import wrap_var as never_a_template
except ImportError:

    def never_a_template(value: t.Any) -> t.Any:
        return value  # since ansible-core 2.19 no text that a plugin made is a template


WHERE = ("api_url", "api_key", "config_dir", "user")
HOW = ("auth_method", "validate_certs", "ca_path", "timeout", "retries")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "community.syncthing.syncthing"

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(("syncthing.yml", "syncthing.yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        devices = self._devices(path, cache)
        # Before any is left out: who is connected must not change what others are called.
        names = host_names(devices, self.get_option("hostname") == "name")
        for device in devices:
            if self._wanted(device):
                self._add(names[device["device_id"]], device)

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

    def _add(self, host: str, device: t.Mapping[str, t.Any]) -> None:
        variables = {"syncthing_" + name: never_a_template(value) for name, value in device.items()}
        self.inventory.add_host(host)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict)
