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
      - Settings of the daemon as such.
      - A key that is not set stays as it is.
    type: dict
    suboptions:
      listen_addresses:
        description:
          - Where the daemon listens for other devices, as URLs such as V(tcp://:22000) and V(quic://192.0.2.1:22000),
            relays as V(relay://relay.example:22067), or V(default).
          - The list replaces the one that the daemon has. It can't be empty. A list with one empty string means that
            the daemon does not listen.
          - Syncthing's own default is V([default]).
        type: list
        elements: str
      global_announce_servers:
        description:
          - Discovery servers, as HTTPS URLs, V(default), V(default-v4) or V(default-v6).
          - The list replaces the one that the daemon has. It can't be empty. To use none, set
            O(options.global_announce_enabled) to V(false).
          - Syncthing's own default is V([default]).
        type: list
        elements: str
      global_announce_enabled:
        description:
          - Whether discovery servers are told where this device is, and asked where others are.
          - Syncthing's own default is V(true).
        type: bool
      local_announce_enabled:
        description:
          - Whether devices are searched on the local network, and told of this one.
          - Syncthing's own default is V(true).
        type: bool
      local_announce_port:
        description:
          - UDP port for searching the local network by IPv4 broadcasts.
          - Syncthing's own default is V(21027).
        type: int
      local_announce_mc_addr:
        description:
          - Address and port for searching the local network by IPv6 multicasts.
          - Syncthing's own default is V([ff12::8384]:21027).
        type: str
      max_send_kbps:
        description:
          - Upper limit for what is sent to all devices together, in KiB per second. V(0) is no limit.
          - Syncthing's own default is V(0).
        type: int
      max_recv_kbps:
        description:
          - Upper limit for what is received from all devices together, in KiB per second. V(0) is no limit.
          - Syncthing's own default is V(0).
        type: int
      reconnection_interval_s:
        description:
          - Seconds between two attempts to reach devices that are not connected, at least 5.
          - Syncthing's own default is V(20), and V(60) before 2.0.16.
        type: int
      relays_enabled:
        description:
          - Whether devices are reached through relays if there is no direct way.
          - Syncthing's own default is V(true).
        type: bool
      relay_reconnect_interval_m:
        description:
          - Minutes between two attempts to reach a relay again.
          - Syncthing's own default is V(10).
        type: int
      start_browser:
        description:
          - Whether the daemon opens its GUI in a browser when it starts.
          - Syncthing's own default is V(true).
        type: bool
      nat_enabled:
        description:
          - Whether routers are asked to forward a port, by UPnP or NAT-PMP. Without it, STUN is not used either.
          - Syncthing's own default is V(true).
        type: bool
      nat_lease_minutes:
        description:
          - For how many minutes a port is forwarded. V(0) is for ever.
          - Syncthing's own default is V(60).
        type: int
      nat_renewal_minutes:
        description:
          - After how many minutes the router is asked again.
          - Syncthing's own default is V(30).
        type: int
      nat_timeout_seconds:
        description:
          - For how many seconds answers of routers are waited for.
          - Syncthing's own default is V(10).
        type: int
      ur_accepted:
        description:
          - Whether anonymous usage reports are sent. V(-1) is no, V(0) is not decided, and a larger number is yes,
            for the version of the report of that number.
          - Syncthing's own default is V(0).
        type: int
      ur_seen:
        description:
          - The latest version of the usage report that the GUI asked about. The daemon maintains it.
        type: int
      ur_unique_id:
        description:
          - The random name of this daemon in usage reports. The daemon makes it.
        type: str
      ur_url:
        description:
          - The URL that usage reports go to.
        type: str
      ur_post_insecurely:
        description:
          - Whether usage reports may go to a server whose certificate can't be checked.
          - Syncthing's own default is V(false).
        type: bool
      ur_initial_delay_s:
        description:
          - Seconds between the daemon's start and the first usage report.
          - Syncthing's own default is V(1800).
        type: int
      auto_upgrade_interval_h:
        description:
          - Hours between two searches for a new version of Syncthing, which is then installed. With V(0) there are
            none. Packages of distributions don't do it at all.
          - Syncthing's own default is V(12).
        type: int
      upgrade_to_pre_releases:
        description:
          - Whether release candidates are installed too.
          - Syncthing's own default is V(false).
        type: bool
      keep_temporaries_h:
        description:
          - For how many hours files that are not complete are kept.
          - Syncthing's own default is V(24).
        type: int
      cache_ignored_files:
        description:
          - Whether the daemon remembers which files are ignored.
          - Syncthing's own default is V(false). Syncthing 2.1.3 removed it.
        type: bool
      progress_update_interval_s:
        description:
          - Seconds between two reports on downloads. V(-1) turns them off.
          - Syncthing's own default is V(5).
        type: int
      limit_bandwidth_in_lan:
        description:
          - Whether O(options.max_send_kbps) and O(options.max_recv_kbps) hold in the local network too.
          - Syncthing's own default is V(false).
        type: bool
      min_home_disk_free:
        description:
          - How much space must stay free on the disk with the daemon's configuration and database. With less, folders
            get no more data.
          - A key that is not set stays as it is.
          - Syncthing's own default is 1 %.
        type: dict
        suboptions:
          value:
            description:
              - The number, which goes with the unit. V(0) turns the check off.
            type: float
          unit:
            description:
              - One of V(%), V(kB), V(MB), V(GB) and V(TB), which are powers of 1000, or an empty text for bytes.
            type: str
      releases_url:
        description:
          - The URL that tells of new versions of Syncthing.
        type: str
      always_local_nets:
        description:
          - Networks that count as local, such as V(192.168.0.0/16), besides those that the host is in.
          - The list replaces the one that the daemon has.
          - Syncthing's own default is V([]).
        type: list
        elements: str
      overwrite_remote_device_names_on_connect:
        description:
          - Whether devices get the name that they call themselves, each time they connect. Folders can then no longer
            be shared by names that were given here.
          - Syncthing's own default is V(false).
        type: bool
      temp_index_min_blocks:
        description:
          - How many blocks a file must have for other devices to be told of its finished parts.
          - Syncthing's own default is V(10).
        type: int
      unacked_notification_ids:
        description:
          - The notices that the GUI still has to show. The daemon maintains it.
          - The list replaces the one that the daemon has.
        type: list
        elements: str
      traffic_class:
        description:
          - The type of service (IPv4) or traffic class (IPv6) of what is sent.
          - Syncthing's own default is V(0).
        type: int
      set_low_priority:
        description:
          - Whether the daemon lowers its own priority as a process.
          - Syncthing's own default is V(true).
        type: bool
      max_folder_concurrency:
        description:
          - How many folders may scan or synchronize at once. V(0) is the number of processors, a negative number is
            no limit.
          - Syncthing's own default is V(0).
        type: int
      cr_url:
        description:
          - The URL that crash reports go to.
        type: str
      crash_reporting_enabled:
        description:
          - Whether crash reports are sent.
          - Syncthing's own default is V(true).
        type: bool
      stun_keepalive_start_s:
        description:
          - Seconds between two signs of life to a STUN server at first. Less than 1 turns STUN off.
          - Syncthing's own default is V(180).
        type: int
      stun_keepalive_min_s:
        description:
          - The least number of seconds between two signs of life to a STUN server. Less than 1 turns STUN off.
          - Syncthing's own default is V(20).
        type: int
      stun_servers:
        description:
          - STUN servers as host and port, such as V(stun.example:3478), or V(default).
          - The list replaces the one that the daemon has. It can't be empty. To use none, set
            O(options.stun_keepalive_start_s) to V(0).
          - Syncthing's own default is V([default]).
        type: list
        elements: str
      database_tuning:
        description:
          - What size the database is made for. A change takes effect when the daemon is started again.
          - Syncthing's own default is V(auto). Syncthing 2.0.0 removed it.
        type: str
        choices:
          - auto
          - small
          - large
      max_concurrent_incoming_request_kib:
        description:
          - How much data may be prepared for other devices at once, in KiB. V(0) is what the daemon finds right,
            262144. A negative number is no limit.
          - Syncthing's own default is V(0).
        type: int
      announce_lan_addresses:
        description:
          - Whether discovery servers are told this device's addresses in the local network too.
          - Syncthing's own default is V(true).
        type: bool
      send_full_index_on_upgrade:
        description:
          - Whether other devices get the whole list of files again after Syncthing was upgraded.
          - Syncthing's own default is V(false).
        type: bool
      feature_flags:
        description:
          - Names of experimental features to turn on.
          - The list replaces the one that the daemon has.
          - Syncthing's own default is V([]).
        type: list
        elements: str
      audit_enabled:
        description:
          - Whether the daemon writes all its events to a file. A change takes effect when the daemon is started
            again.
          - Needs Syncthing 1.29.6 or later, whose own default is V(false).
        type: bool
      audit_file:
        description:
          - The file for the daemon's events. V(-) is its standard output, V(--) its standard error. If it is empty,
            the file is beside the database, with the time in its name. A change takes effect when the daemon is
            started again.
          - Needs Syncthing 1.29.6 or later.
        type: str
      connection_limit_enough:
        description:
          - The number of connections with which the daemon seeks no further ones. V(0) is no limit.
          - Needs Syncthing 1.13.0 or later, whose own default is V(0).
        type: int
      connection_limit_max:
        description:
          - The number of connections with which the daemon accepts no further ones. V(0) is no limit.
          - Needs Syncthing 1.13.0 or later, whose own default is V(0).
        type: int
      connection_priority_tcp_lan:
        description:
          - Priority of TCP in the local network. The smallest number is the best.
          - Needs Syncthing 1.23.5 or later, whose own default is V(10).
        type: int
      connection_priority_quic_lan:
        description:
          - Priority of QUIC in the local network. The smallest number is the best.
          - Needs Syncthing 1.23.5 or later, whose own default is V(20).
        type: int
      connection_priority_tcp_wan:
        description:
          - Priority of TCP in other networks. The smallest number is the best. It must be greater than
            O(options.connection_priority_tcp_lan).
          - Needs Syncthing 1.23.5 or later, whose own default is V(30).
        type: int
      connection_priority_quic_wan:
        description:
          - Priority of QUIC in other networks. The smallest number is the best. It must be greater than
            O(options.connection_priority_quic_lan).
          - Needs Syncthing 1.23.5 or later, whose own default is V(40).
        type: int
      connection_priority_relay:
        description:
          - Priority of relays. The smallest number is the best.
          - Needs Syncthing 1.23.5 or later, whose own default is V(50).
        type: int
      connection_priority_upgrade_threshold:
        description:
          - By how much a new connection must be better to replace those that exist.
          - Needs Syncthing 1.23.5 or later, whose own default is V(0).
        type: int
      insecure_allow_old_tls_versions:
        description:
          - Whether devices may connect that know TLS 1.2 only.
          - Needs Syncthing 1.17.0 or later, whose own default is V(false). Syncthing 1.29.6 removed it.
        type: bool
      restart_on_wakeup:
        description:
          - Whether the daemon starts again when the computer wakes up.
          - Syncthing's own default is V(true). Syncthing 1.21.0 removed it.
        type: bool
      default_folder_path:
        description:
          - The directory for new folders. Since Syncthing 1.14.0, it is the path of the default folder instead, and
            this option is gone.
        type: str
      extra:
        description:
          - Further settings of the daemon that this collection does not know yet, by the names that Syncthing's REST
            API has for them, which are in camelCase. They are passed on as they are.
          - What has an option of its own can't be set here.
        type: dict
"""
