# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The settings of a daemon as such. An option's name is Syncthing's own in snake_case."""

    DOCUMENTATION = r"""
options:
  options:
    description:
      - Settings of the daemon.
      - Keys that are not set are left unchanged.
    type: dict
    suboptions:
      listen_addresses:
        description:
          - >-
            The addresses that the daemon listens on for other devices: URLs such as V(tcp://:22000) and
            V(quic://192.0.2.1:22000), relays such as V(relay://relay.example:22067), or V(default).
          - The list replaces the list in the daemon's configuration. It cannot be empty. A list with one empty string
            means that the daemon does not listen.
          - The default in Syncthing is V([default]).
        type: list
        elements: str
      global_announce_servers:
        description:
          - >-
            The discovery servers: HTTPS URLs, V(default), V(default-v4) or V(default-v6).
          - The list replaces the list in the daemon's configuration. It cannot be empty. To use none, set
            O(options.global_announce_enabled) to V(false).
          - The default in Syncthing is V([default]).
        type: list
        elements: str
      global_announce_enabled:
        description:
          - Whether to announce this device to discovery servers and to use them to find other devices.
          - The default in Syncthing is V(true).
        type: bool
      local_announce_enabled:
        description:
          - Whether to announce this device on the local network and to find other devices there.
          - The default in Syncthing is V(true).
        type: bool
      local_announce_port:
        description:
          - The UDP port for local discovery with IPv4 broadcasts.
          - The default in Syncthing is V(21027).
        type: int
      local_announce_mc_addr:
        description:
          - The address and port for local discovery with IPv6 multicasts.
          - The default in Syncthing is V([ff12::8384]:21027).
        type: str
      max_send_kbps:
        description:
          - The maximum total rate of data that is sent to all devices, in KiB per second. V(0) means no limit.
          - The default in Syncthing is V(0).
        type: int
      max_recv_kbps:
        description:
          - The maximum total rate of data that is received from all devices, in KiB per second. V(0) means no limit.
          - The default in Syncthing is V(0).
        type: int
      reconnection_interval_s:
        description:
          - The interval between attempts to connect to devices, in seconds. The minimum is 5.
          - The default in Syncthing is V(20), and V(60) before 2.0.16.
        type: int
      relays_enabled:
        description:
          - Whether to use relays if a direct connection is not possible.
          - The default in Syncthing is V(true).
        type: bool
      relay_reconnect_interval_m:
        description:
          - The interval between attempts to connect to a relay again, in minutes.
          - The default in Syncthing is V(10).
        type: int
      start_browser:
        description:
          - Whether the daemon opens its GUI in a browser when it starts.
          - The default in Syncthing is V(true).
        type: bool
      nat_enabled:
        description:
          - Whether to request port forwarding from routers with UPnP or NAT-PMP. If disabled, STUN is not used
            either.
          - The default in Syncthing is V(true).
        type: bool
      nat_lease_minutes:
        description:
          - How long a port is forwarded, in minutes. V(0) means forever.
          - The default in Syncthing is V(60).
        type: int
      nat_renewal_minutes:
        description:
          - The interval at which port forwarding is renewed, in minutes.
          - The default in Syncthing is V(30).
        type: int
      nat_timeout_seconds:
        description:
          - How long to wait for responses from routers, in seconds.
          - The default in Syncthing is V(10).
        type: int
      ur_accepted:
        description:
          - Whether to send anonymous usage reports. V(-1) means no, V(0) means undecided, and a larger number means
            yes for this version of the report.
          - The default in Syncthing is V(0).
        type: int
      ur_seen:
        description:
          - The latest version of the usage report that the GUI asked about. The daemon sets this itself.
        type: int
      ur_unique_id:
        description:
          - The random ID of this daemon in usage reports. The daemon creates it.
        type: str
      ur_url:
        description:
          - The URL that usage reports are sent to.
        type: str
      ur_post_insecurely:
        description:
          - Whether to send usage reports to a server whose certificate cannot be verified.
          - The default in Syncthing is V(false).
        type: bool
      ur_initial_delay_s:
        description:
          - The delay between the start of the daemon and the first usage report, in seconds.
          - The default in Syncthing is V(1800).
        type: int
      auto_upgrade_interval_h:
        description:
          - The interval at which the daemon searches for a new version of Syncthing and installs it, in hours. V(0)
            disables this. Packages of distributions never do this.
          - The default in Syncthing is V(12).
        type: int
      upgrade_to_pre_releases:
        description:
          - Whether to also install release candidates.
          - The default in Syncthing is V(false).
        type: bool
      keep_temporaries_h:
        description:
          - How long to keep incomplete files, in hours.
          - The default in Syncthing is V(24).
        type: int
      cache_ignored_files:
        description:
          - Whether to cache which files are ignored.
          - The default in Syncthing is V(false).
          - Removed in Syncthing 2.1.3.
        type: bool
      progress_update_interval_s:
        description:
          - The interval between progress reports of downloads, in seconds. V(-1) disables them.
          - The default in Syncthing is V(5).
        type: int
      limit_bandwidth_in_lan:
        description:
          - Whether O(options.max_send_kbps) and O(options.max_recv_kbps) also apply in the local network.
          - The default in Syncthing is V(false).
        type: bool
      min_home_disk_free:
        description:
          - The disk space that must remain free on the disk with the daemon's configuration and database. If there is
            less, folders do not receive data.
          - Keys that are not set are left unchanged.
          - The default in Syncthing is 1 %.
        type: dict
        suboptions:
          value:
            description:
              - The amount in the given unit. V(0) disables the check.
            type: float
          unit:
            description:
              - One of V(%), V(kB), V(MB), V(GB) and V(TB), which are powers of 1000, or an empty string for bytes.
            type: str
      releases_url:
        description:
          - The URL that lists new versions of Syncthing.
        type: str
      always_local_nets:
        description:
          - Networks to treat as local, such as V(192.168.0.0/16), in addition to the networks of the host.
          - The list replaces the list in the daemon's configuration.
          - The default in Syncthing is V([]).
        type: list
        elements: str
      overwrite_remote_device_names_on_connect:
        description:
          - Whether to set the name of a device to the name that it announces, each time it connects. You can then no
            longer use names that you have set to share folders.
          - The default in Syncthing is V(false).
        type: bool
      temp_index_min_blocks:
        description:
          - The minimum number of blocks of a file for its finished parts to be announced to other devices.
          - The default in Syncthing is V(10).
        type: int
      unacked_notification_ids:
        description:
          - The notifications that the GUI still has to show. The daemon sets this itself.
          - The list replaces the list in the daemon's configuration.
        type: list
        elements: str
      traffic_class:
        description:
          - The type of service (IPv4) or traffic class (IPv6) of sent packets.
          - The default in Syncthing is V(0).
        type: int
      set_low_priority:
        description:
          - Whether the daemon lowers its own process priority.
          - The default in Syncthing is V(true).
        type: bool
      max_folder_concurrency:
        description:
          - The maximum number of folders that are scanned or synchronized at the same time. V(0) means the number of
            processors, a negative number means no limit.
          - The default in Syncthing is V(0).
        type: int
      cr_url:
        description:
          - The URL that crash reports are sent to.
        type: str
      crash_reporting_enabled:
        description:
          - Whether to send crash reports.
          - The default in Syncthing is V(true).
        type: bool
      stun_keepalive_start_s:
        description:
          - The initial interval between keepalive packets to a STUN server, in seconds. A value less than 1 disables
            STUN.
          - The default in Syncthing is V(180).
        type: int
      stun_keepalive_min_s:
        description:
          - The minimum interval between keepalive packets to a STUN server, in seconds. A value less than 1 disables
            STUN.
          - The default in Syncthing is V(20).
        type: int
      stun_servers:
        description:
          - The STUN servers as host and port, such as V(stun.example:3478), or V(default).
          - The list replaces the list in the daemon's configuration. It cannot be empty. To use none, set
            O(options.stun_keepalive_start_s) to V(0).
          - The default in Syncthing is V([default]).
        type: list
        elements: str
      database_tuning:
        description:
          - The size that the database is optimized for. A change takes effect after a restart of the daemon.
          - The default in Syncthing is V(auto).
          - Removed in Syncthing 2.0.0.
        type: str
        choices:
          - auto
          - small
          - large
      max_concurrent_incoming_request_kib:
        description:
          - The maximum amount of data that is prepared for other devices at the same time, in KiB. With V(0), the
            daemon uses 262144. A negative number means no limit.
          - The default in Syncthing is V(0).
        type: int
      announce_lan_addresses:
        description:
          - Whether to also announce this device's addresses in the local network to discovery servers.
          - The default in Syncthing is V(true).
        type: bool
      send_full_index_on_upgrade:
        description:
          - Whether to send the complete list of files to other devices after an upgrade of Syncthing.
          - The default in Syncthing is V(false).
        type: bool
      feature_flags:
        description:
          - The names of experimental features to enable.
          - The list replaces the list in the daemon's configuration.
          - The default in Syncthing is V([]).
        type: list
        elements: str
      audit_enabled:
        description:
          - Whether the daemon writes all its events to a file. A change takes effect after a restart of the daemon.
          - The default in Syncthing is V(false).
          - Requires Syncthing 1.29.6 or later.
        type: bool
      audit_file:
        description:
          - The file for the daemon's events. V(-) means standard output, V(--) means standard error. If empty, the
            file is in the directory of the database and has the time in its name. A change takes effect after a
            restart of the daemon.
          - Requires Syncthing 1.29.6 or later.
        type: str
      connection_limit_enough:
        description:
          - The number of connections at which the daemon does not try to establish more connections. V(0) means no
            limit.
          - The default in Syncthing is V(0).
          - Requires Syncthing 1.13.0 or later.
        type: int
      connection_limit_max:
        description:
          - The number of connections at which the daemon does not accept more connections. V(0) means no limit.
          - The default in Syncthing is V(0).
          - Requires Syncthing 1.13.0 or later.
        type: int
      connection_priority_tcp_lan:
        description:
          - The priority of TCP in the local network. A smaller number is better.
          - The default in Syncthing is V(10).
          - Requires Syncthing 1.23.5 or later.
        type: int
      connection_priority_quic_lan:
        description:
          - The priority of QUIC in the local network. A smaller number is better.
          - The default in Syncthing is V(20).
          - Requires Syncthing 1.23.5 or later.
        type: int
      connection_priority_tcp_wan:
        description:
          - The priority of TCP in other networks. A smaller number is better. It must be greater than
            O(options.connection_priority_tcp_lan).
          - The default in Syncthing is V(30).
          - Requires Syncthing 1.23.5 or later.
        type: int
      connection_priority_quic_wan:
        description:
          - The priority of QUIC in other networks. A smaller number is better. It must be greater than
            O(options.connection_priority_quic_lan).
          - The default in Syncthing is V(40).
          - Requires Syncthing 1.23.5 or later.
        type: int
      connection_priority_relay:
        description:
          - The priority of relays. A smaller number is better.
          - The default in Syncthing is V(50).
          - Requires Syncthing 1.23.5 or later.
        type: int
      connection_priority_upgrade_threshold:
        description:
          - By how much the priority of a new connection must be better to replace existing connections.
          - The default in Syncthing is V(0).
          - Requires Syncthing 1.23.5 or later.
        type: int
      insecure_allow_old_tls_versions:
        description:
          - Whether to allow connections of devices that only support TLS 1.2.
          - The default in Syncthing is V(false).
          - Requires Syncthing 1.17.0 or later. Removed in Syncthing 1.29.6.
        type: bool
      restart_on_wakeup:
        description:
          - Whether the daemon restarts when the computer wakes up.
          - The default in Syncthing is V(true).
          - Removed in Syncthing 1.21.0.
        type: bool
      default_folder_path:
        description:
          - The directory for new folders. O(defaults.folder.path) replaces it.
          - Removed in Syncthing 1.14.0.
        type: str
      extra:
        description:
          - Additional settings of the daemon that this collection does not support yet. Use the names of Syncthing's
            REST API, which are in camelCase. The module sends them unchanged.
          - Settings that have their own option cannot be set here.
        type: dict
"""
