# Copyright (c) 2026 community.syncthing contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options of one folder. config_items.py takes the same text for lists of folders and for defaults."""

    # What names the folder, and what can't be a default for new ones.
    ITEM = r"""
options:
  id:
    description:
      - The ID of the folder, which is the same on all devices that share it. It can be any string and is
        case-sensitive.
    type: str
    required: true
  state:
    description:
      - Whether the folder exists in the daemon's configuration.
      - With V(present), the folder is added, or the options that are set are changed. A new folder requires O(path).
      - With V(absent), the folder is removed from the configuration. Its files are kept. Other options are ignored.
      - To remove a folder whose ID contains a slash, the module has to write the whole configuration. If another
        program changes the configuration at the same time, the module restores this change and shows a warning.
    type: str
    choices:
      - present
      - absent
    default: present
"""

    # What is not among its settings.
    PATTERNS = r"""
options:
  ignore_patterns:
    description:
      - The patterns of files that are not synchronized. Each entry is a line of the folder's C(.stignore) file,
        including comments, C(#include) lines and empty lines.
      - The list replaces the content of the file. An empty list removes the file.
      - A string is split only at line breaks, because a pattern can contain a comma, for example V(*.{jpg,png}).
      - The file is not synchronized. Each device that shares the folder has its own file.
      - This option requires one additional request each time. It cannot be used with folders of type
        V(receiveencrypted).
    type: list
    elements: str
"""

    # What is set for it. An option's name is Syncthing's own in snake_case.
    DOCUMENTATION = r"""
options:
  label:
    description:
      - The name that this daemon shows for the folder.
    type: str
  path:
    description:
      - The directory of the folder on the daemon's host. It must be an absolute path, or begin with V(~) for the home
        directory of the user that the daemon runs as.
      - Required for a new folder. A change does not move any files.
    type: str
  type:
    description:
      - The type of the folder.
      - With V(sendreceive), changes are sent and received.
      - With V(sendonly), changes on other devices are not applied on this device.
      - With V(receiveonly), changes on this device are not sent to other devices.
      - With V(receiveencrypted), this device stores files of other devices in encrypted form, without the password.
      - The type of an existing folder cannot be changed to or from V(receiveencrypted), because the files on disk are
        different. Remove the folder, give it an empty directory, and add it again.
      - The default in Syncthing is V(sendreceive).
    type: str
    choices:
      - sendreceive
      - sendonly
      - receiveonly
      - receiveencrypted
  devices:
    description:
      - The devices that the folder is shared with. This daemon itself does not have to be in the list.
      - Each entry is a device ID, the name of a configured device, or a dictionary.
      - The key C(device) of a dictionary is the device ID or the name.
      - The key C(encryption_password) is the password that is used to encrypt the data before it is sent to this
        device. Encrypt it with Ansible Vault, and always write it as a string in quotes. With an empty string, the
        folder is shared without encryption. If the key is not set, the password is left unchanged.
      - The key C(introduced_by) is the ID or name of the device that introduced this device to the folder. The daemon
        sets this itself.
      - If a device is not in the list, the folder is no longer shared with it, unless O(append_devices) is V(true) or
        an introducer added it.
      - All devices must be configured on the daemon. Otherwise, the module fails before it writes anything.
    type: list
    elements: raw
  append_devices:
    description:
      - Whether to keep existing shares with devices that are not in O(devices).
    type: bool
    default: false
  group:
    description:
      - The group in which this daemon's GUI shows the folder.
      - Requires Syncthing 2.1.0 or later.
    type: str
  filesystem_type:
    description:
      - How the daemon accesses the files.
      - With V(basic), the files are on disk. With V(fake), they are simulated in memory, for tests of Syncthing
        itself.
      - The default in Syncthing is V(basic).
    type: str
    choices:
      - basic
      - fake
  rescan_interval_s:
    description:
      - The interval between full scans of the directory, in seconds. The maximum is 31536000, which is one year. V(0)
        disables full scans.
      - The default in Syncthing is V(3600).
    type: int
  fs_watcher_enabled:
    description:
      - Whether to watch the directory for changes, so that the daemon detects them before the next full scan.
      - The default in Syncthing is V(true).
    type: bool
  fs_watcher_delay_s:
    description:
      - How long to collect detected changes before they are scanned, in seconds. The minimum is 0.01.
      - Syncthing 1.23.3 and later accept fractions. Earlier versions accept only whole seconds.
      - The default in Syncthing is V(10).
    type: float
  fs_watcher_timeout_s:
    description:
      - The time after which a file that changes constantly is scanned, in seconds. With V(0), the daemon derives it
        from O(fs_watcher_delay_s).
      - The default in Syncthing is V(0).
      - Requires Syncthing 1.27.8 or later.
    type: float
  ignore_perms:
    description:
      - Whether to ignore file permissions, for file systems without permissions.
      - Folders of type V(receiveencrypted) always ignore them.
      - The default in Syncthing is V(false).
    type: bool
  auto_normalize:
    description:
      - Whether to rename files whose names do not have the Unicode normalization of the operating system.
      - The default in Syncthing is V(true).
    type: bool
  min_disk_free:
    description:
      - The disk space that must remain free on the folder's disk. If there is less, the folder does not receive data.
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
  versioning:
    description:
      - How to keep old versions of files that other devices replace or delete.
      - Keys that are not set are left unchanged.
    type: dict
    suboptions:
      type:
        description:
          - The type of versioning.
          - With V(none), old versions are not kept.
          - With V(simple), a fixed number of versions of each file is kept.
          - With V(staggered), fewer versions are kept the older they are.
          - With V(trashcan), the last version of each file is kept.
          - With V(external), the daemon runs a command, which must move or remove the file.
          - If you change the type, the parameters of the previous type are removed.
          - The default in Syncthing is V(none).
        type: str
        choices:
          - none
          - simple
          - staggered
          - trashcan
          - external
      params:
        description:
          - The parameters of the type. Parameters of other types are rejected.
        type: dict
        suboptions:
          keep:
            description:
              - For V(simple), the number of versions of each file. The minimum is 1.
              - The default in Syncthing is V(5).
            type: int
          cleanout_days:
            description:
              - For V(simple) and V(trashcan), the number of days after which a version is deleted. V(0) means never.
              - The default in Syncthing is V(0).
            type: int
          max_age:
            description:
              - For V(staggered), the number of seconds after which a version is deleted. V(0) means never. Note that
                the GUI shows days.
              - The default in Syncthing is V(31536000), which is a year.
            type: int
          command:
            description:
              - For V(external), the command line. C(%FOLDER_PATH%) and C(%FILE_PATH%) are replaced by the path of the
                folder and by the path of the file in it.
              - Required for V(external).
            type: str
      cleanup_interval_s:
        description:
          - The interval at which versions that are too old are removed, in seconds. The maximum is 31536000, which is
            one year. V(0) disables this.
          - The default in Syncthing is V(3600).
        type: int
      fs_path:
        description:
          - The directory of old versions. A relative path is relative to the directory of the folder. If empty, it is
            C(.stversions).
          - The files of a folder must not be in it, as Syncthing deletes old files there.
          - A path that begins with V(~) requires Syncthing 1.27.3 or later.
          - Requires Syncthing 1.14.0 or later.
        type: str
      fs_type:
        description:
          - How the daemon accesses this directory.
          - With V(basic), it is on disk. With V(fake), it is simulated in memory, for tests of Syncthing itself.
          - The default in Syncthing is V(basic).
          - Requires Syncthing 1.14.0 or later.
        type: str
        choices:
          - basic
          - fake
  copiers:
    description:
      - The number of routines that copy data. The maximum is 1024. With V(0), the daemon chooses the number.
      - The default in Syncthing is V(0).
    type: int
  puller_max_pending_kib:
    description:
      - The maximum amount of data that is requested and has not arrived yet, in KiB. With V(0), the daemon uses
        32768.
      - The default in Syncthing is V(0).
    type: int
  hashers:
    description:
      - The number of routines that compute hashes during a scan. The maximum is 1024. With V(0), the daemon chooses a
        number that depends on the number of processors.
      - The default in Syncthing is V(0).
    type: int
  order:
    description:
      - The order in which files are downloaded.
      - The default in Syncthing is V(random).
    type: str
    choices:
      - random
      - alphabetic
      - smallestFirst
      - largestFirst
      - oldestFirst
      - newestFirst
  ignore_delete:
    description:
      - Whether to keep files that were deleted on other devices. The folder is then permanently out of sync, so use
        this with care.
      - The default in Syncthing is V(false).
    type: bool
  scan_progress_interval_s:
    description:
      - The interval between progress reports of a scan, in seconds. With V(0), the daemon uses 2. A negative number
        disables the reports.
      - The default in Syncthing is V(0).
    type: int
  puller_pause_s:
    description:
      - The time until the daemon tries again to download files that failed, in seconds. With V(0), the daemon uses
        60.
      - The default in Syncthing is V(0).
    type: int
  puller_delay_s:
    description:
      - The delay between the announcement of a change and its download, in seconds, so that several changes are
        downloaded at once.
      - The default in Syncthing is V(1).
      - Requires Syncthing 2.0.0 or later.
    type: float
  max_conflicts:
    description:
      - The maximum number of conflict copies of a file. V(0) means none, V(-1) means no limit.
      - The default in Syncthing is V(10), and V(-1) before 1.14.0.
    type: int
  disable_sparse_files:
    description:
      - Whether to write blocks of zeros to disk instead of creating sparse files.
      - The default in Syncthing is V(false).
    type: bool
  disable_temp_indexes:
    description:
      - Whether to not announce the finished parts of incomplete files to other devices.
      - Removed in Syncthing 2.0.0.
    type: bool
  paused:
    description:
      - Whether the folder is paused. A paused folder is not scanned or synchronized.
      - The default in Syncthing is V(false).
    type: bool
  weak_hash_threshold_pct:
    description:
      - The percentage of a file that must have changed for weak hashes to be used. V(-1) means always, V(101) means
        never. V(0) is rejected, because Syncthing would replace it by its default.
      - The default in Syncthing is V(25).
      - Removed in Syncthing 2.0.0.
    type: int
  marker_name:
    description:
      - The name of a file or directory in the folder. If it does not exist, the folder stops, because its disk might
        not be mounted.
      - The daemon creates it only if it has the default name. With any other name, it must already exist.
      - The default in Syncthing is V(.stfolder).
    type: str
  copy_ownership_from_parent:
    description:
      - Whether new files get the owner of their parent directory. The daemon requires the permissions for this.
      - The default in Syncthing is V(false).
    type: bool
  mod_time_window_s:
    description:
      - The maximum difference of modification times that are considered equal, in seconds, for file systems that
        round them.
      - The default in Syncthing is V(0).
    type: int
  max_concurrent_writes:
    description:
      - The maximum number of concurrent writes to disk, from 1 to 256, or to 64 before Syncthing 2.0.0.
      - The default in Syncthing is V(16), and V(2) before 2.0.0.
    type: int
  disable_fsync:
    description:
      - Whether to not wait until files are safely on disk. Data can be lost in a power failure.
      - The default in Syncthing is V(false).
    type: bool
  block_pull_order:
    description:
      - The order in which the blocks of a file are downloaded.
      - With V(standard), they are downloaded in order, but each device begins with different blocks.
      - With V(random), they are downloaded in random order. With V(inOrder), they are downloaded from the first to
        the last.
      - The default in Syncthing is V(standard).
    type: str
    choices:
      - standard
      - random
      - inOrder
  copy_range_method:
    description:
      - How data is copied between files on the same disk.
      - V(standard) reads and writes.
      - V(ioctl), V(copy_file_range) and V(sendfile) are available on Linux, V(duplicate_extents) on Windows.
      - V(all) uses the first method that works.
      - The default in Syncthing is V(standard).
    type: str
    choices:
      - standard
      - ioctl
      - copy_file_range
      - sendfile
      - duplicate_extents
      - all
  case_sensitive_fs:
    description:
      - Whether the file system is case-sensitive, so that the daemon can skip its checks.
      - The default in Syncthing is V(false).
    type: bool
  junctions_as_dirs:
    description:
      - Whether to treat NTFS junctions as directories, on Windows.
      - The default in Syncthing is V(false).
    type: bool
  sync_ownership:
    description:
      - Whether to apply the owner and group of files that other devices send. The daemon requires the permissions for
        this.
      - The default in Syncthing is V(false).
      - Requires Syncthing 1.21.0 or later.
    type: bool
  send_ownership:
    description:
      - Whether to send the owner and group of files to other devices. O(sync_ownership) includes this.
      - The default in Syncthing is V(false).
      - Requires Syncthing 1.22.0 or later.
    type: bool
  sync_xattrs:
    description:
      - Whether to apply the extended attributes of files that other devices send.
      - The default in Syncthing is V(false).
      - Requires Syncthing 1.22.0 or later.
    type: bool
  send_xattrs:
    description:
      - Whether to send the extended attributes of files to other devices. O(sync_xattrs) includes this.
      - The default in Syncthing is V(false).
      - Requires Syncthing 1.22.0 or later.
    type: bool
  block_indexing:
    description:
      - Whether the daemon keeps an index of all blocks, so that it can reuse blocks of other files instead of
        downloading them. Without it, the database is smaller.
      - The default in Syncthing is V(true).
      - Requires Syncthing 2.1.0 or later.
    type: bool
  xattr_filter:
    description:
      - Which extended attributes to send and apply, if O(send_xattrs) or O(sync_xattrs) is V(true).
      - Keys that are not set are left unchanged.
      - Requires Syncthing 1.22.0 or later.
    type: dict
    suboptions:
      entries:
        description:
          - The rules. The first rule that matches the name of an attribute applies. If there are no rules, all
            attributes are allowed. If there are rules and none of them matches, the attribute is not allowed.
          - The list replaces the list in the daemon's configuration.
          - The default in Syncthing is V([]).
        type: list
        elements: dict
        suboptions:
          match:
            description:
              - A glob pattern for the name of the attribute, such as V(user.*).
            type: str
            required: true
          permit:
            description:
              - Whether a matching attribute is allowed.
            type: bool
            required: true
      max_single_entry_size:
        description:
          - The maximum size of an attribute, including its name and value, in bytes. V(0) means no limit.
          - The default in Syncthing is V(1024).
        type: int
      max_total_size:
        description:
          - The maximum total size of all attributes of a file, in bytes. V(0) means no limit.
          - The default in Syncthing is V(4096).
        type: int
  extra:
    description:
      - Additional settings of the folder that this collection does not support yet. Use the names of Syncthing's REST
        API, which are in camelCase. The module sends them unchanged.
      - Settings that have their own option cannot be set here.
    type: dict
"""
