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
      - ID of the folder, which is the same on all devices that share it. Any text will do, and case matters.
    type: str
    required: true
  state:
    description:
      - Whether the daemon should know the folder.
      - With V(present), the folder is there, with every option that is set. A new folder needs O(path).
      - With V(absent), the folder is not there. Its files stay where they are. Other options are ignored.
      - Syncthing removes a folder whose ID has a slash only with its whole configuration. What another writer changes
        in the same moment is put back, with a warning.
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
      - The patterns of files that are not synchronized, one entry a line of the folder's C(.stignore) file. Comments,
        C(#include) lines and empty lines are entries too.
      - The list replaces the one in the file. An empty list removes the file.
      - A string is split at its line breaks only, since a comma can be part of a pattern, as in V(*.{jpg,png}).
      - The file is not synchronized. Each device that shares the folder has its own.
      - Setting it costs one more request each time. The option can't be used with a folder that is
        V(receiveencrypted).
    type: list
    elements: str
"""

    # What is set for it. An option's name is Syncthing's own in snake_case.
    DOCUMENTATION = r"""
options:
  label:
    description:
      - The name under which this daemon shows the folder.
    type: str
  path:
    description:
      - The folder's directory on the daemon's host. It must be absolute, or begin with V(~) for the home directory of
        the user that the daemon runs as.
      - A new folder must have one. Changing it moves no files.
    type: str
  type:
    description:
      - In which direction changes go.
      - With V(sendreceive), they go both ways.
      - With V(sendonly), changes that other devices make are not applied here.
      - With V(receiveonly), changes that are made here are not sent.
      - With V(receiveencrypted), other devices' files are kept here in encrypted form, without the password.
      - An existing folder can't become V(receiveencrypted), or cease to be, since the files on disk differ. Remove
        it, give it an empty directory and add it again.
      - Syncthing's own default is V(sendreceive).
    type: str
    choices:
      - sendreceive
      - sendonly
      - receiveonly
      - receiveencrypted
  devices:
    description:
      - The devices that the folder is shared with. This daemon itself need not be among them.
      - Each entry is a device's ID, or the name of a device that this daemon knows, or a dictionary.
      - The key C(device) of a dictionary is the device's ID or name.
      - The key C(encryption_password) is the password by which the data are encrypted before this device gets them.
        Keep it in a vault, and always as text in quotes. An empty one shares the folder in the clear. If the key is
        not there, the password stays as it is.
      - The key C(introduced_by) is the ID or name of the device that introduced this one to the folder. The daemon
        maintains it.
      - A device that is not in the list no longer gets the folder, unless O(append_devices) is V(true) or an
        introducer added it.
      - The daemon must know every device, or the task fails before anything is written.
    type: list
    elements: raw
  append_devices:
    description:
      - Whether devices that are not in O(devices) stay if they share the folder already.
    type: bool
    default: false
  group:
    description:
      - The heading under which this daemon's GUI shows the folder.
      - Needs Syncthing 2.1.0 or later.
    type: str
  filesystem_type:
    description:
      - How files are reached.
      - With V(basic), they are on disk. With V(fake), they are made up in memory, for tests of Syncthing itself.
      - Syncthing's own default is V(basic).
    type: str
    choices:
      - basic
      - fake
  rescan_interval_s:
    description:
      - Seconds between full scans of the directory, at most 31536000, which is a year. With V(0) there are none.
      - Syncthing's own default is V(3600).
    type: int
  fs_watcher_enabled:
    description:
      - Whether the operating system is asked to report changes, which are then found without waiting for the next
        full scan.
      - Syncthing's own default is V(true).
    type: bool
  fs_watcher_delay_s:
    description:
      - Seconds for which reported changes are collected before they are scanned, at least 0.01.
      - Syncthing 1.23.3 or later takes fractions, earlier ones whole seconds only.
      - Syncthing's own default is V(10).
    type: float
  fs_watcher_timeout_s:
    description:
      - Seconds after which a file that keeps changing is scanned nevertheless. V(0) is what the daemon derives from
        O(fs_watcher_delay_s).
      - Needs Syncthing 1.27.8 or later, whose own default is V(0).
    type: float
  ignore_perms:
    description:
      - Whether permissions of files are neither compared nor sent, for file systems that have none.
      - A folder that is V(receiveencrypted) always ignores them.
      - Syncthing's own default is V(false).
    type: bool
  auto_normalize:
    description:
      - Whether file names that are in another Unicode normalization than the operating system's are renamed.
      - Syncthing's own default is V(true).
    type: bool
  min_disk_free:
    description:
      - How much space must stay free on the folder's disk. With less, the folder gets no more data.
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
  versioning:
    description:
      - What happens to files that other devices replace or delete.
      - A key that is not set stays as it is.
    type: dict
    suboptions:
      type:
        description:
          - How old versions are kept.
          - With V(none), they are not.
          - With V(simple), there is a number of versions of each file.
          - With V(staggered), there are ever fewer versions of each file, the older they are.
          - With V(trashcan), there is the last version of each file.
          - With V(external), a program is called, which has to move or remove the file.
          - When it changes, the parameters of the former type are forgotten.
          - Syncthing's own default is V(none).
        type: str
        choices:
          - none
          - simple
          - staggered
          - trashcan
          - external
      params:
        description:
          - What else the type must know. A parameter of another type is refused.
        type: dict
        suboptions:
          keep:
            description:
              - For V(simple), how many versions of each file there are, at least 1.
              - Syncthing's own default is V(5).
            type: int
          cleanout_days:
            description:
              - For V(simple) and V(trashcan), after how many days a version is deleted. V(0) is never.
              - Syncthing's own default is V(0).
            type: int
          max_age:
            description:
              - For V(staggered), after how many seconds a version is deleted. V(0) is never. Mind that the GUI shows
                days.
              - Syncthing's own default is V(31536000), which is a year.
            type: int
          command:
            description:
              - For V(external), the command line. In it, C(%FOLDER_PATH%) and C(%FILE_PATH%) stand for the folder and
                for the file in it.
              - V(external) does not work without it.
            type: str
      cleanup_interval_s:
        description:
          - Seconds between two searches for versions that are too old, at most 31536000, which is a year. With V(0)
            there are none.
          - Syncthing's own default is V(3600).
        type: int
      fs_path:
        description:
          - The directory for old versions. A relative one is below the folder's. If it is empty, it is C(.stversions)
            there.
          - It can begin with V(~) since Syncthing 1.27.3 only.
          - Needs Syncthing 1.14.0 or later.
        type: str
      fs_type:
        description:
          - How that directory is reached.
          - With V(basic), it is on disk. With V(fake), it is made up in memory, for tests of Syncthing itself.
          - Needs Syncthing 1.14.0 or later, whose own default is V(basic).
        type: str
        choices:
          - basic
          - fake
  copiers:
    description:
      - How many routines copy data, at most 1024. V(0) is what the daemon finds right.
      - Syncthing's own default is V(0).
    type: int
  puller_max_pending_kib:
    description:
      - How much data may be requested and not have arrived yet, in KiB. V(0) is what the daemon finds right, 32768.
      - Syncthing's own default is V(0).
    type: int
  hashers:
    description:
      - How many routines compute hashes while scanning, at most 1024. V(0) is what the daemon finds right for its
        number of processors.
      - Syncthing's own default is V(0).
    type: int
  order:
    description:
      - In which order files are fetched.
      - Syncthing's own default is V(random).
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
      - Whether files that were deleted on other devices stay here. The folder is then out of sync for good, so know
        what you do.
      - Syncthing's own default is V(false).
    type: bool
  scan_progress_interval_s:
    description:
      - Seconds between two reports of a scan's progress. V(0) is what the daemon finds right, 2. A negative number
        turns them off.
      - Syncthing's own default is V(0).
    type: int
  puller_pause_s:
    description:
      - Seconds until files that could not be fetched are tried again. V(0) is what the daemon finds right, 60.
      - Syncthing's own default is V(0).
    type: int
  puller_delay_s:
    description:
      - Seconds between the news of a change and fetching it, so that more than one change is fetched at once.
      - Needs Syncthing 2.0.0 or later, whose own default is V(1).
    type: float
  max_conflicts:
    description:
      - How many copies of a file are kept that is in conflict. V(0) is none, V(-1) is any number.
      - Syncthing's own default is V(10), and V(-1) before 1.14.0.
    type: int
  disable_sparse_files:
    description:
      - Whether blocks of zeros are written to disk rather than left out.
      - Syncthing's own default is V(false).
    type: bool
  disable_temp_indexes:
    description:
      - Whether other devices are not told of the finished parts of files that are still on their way.
      - Syncthing 2.0.0 removed it.
    type: bool
  paused:
    description:
      - Whether the folder is neither scanned nor synchronized.
      - Syncthing's own default is V(false).
    type: bool
  weak_hash_threshold_pct:
    description:
      - The percentage of a file that must have changed for weak hashes to be used. V(-1) is always, V(101) is never.
        V(0) is refused, since Syncthing takes it for its default.
      - Syncthing's own default is V(25). Syncthing 2.0.0 removed it.
    type: int
  marker_name:
    description:
      - Name of a file or directory in the folder without which the folder stops, since its disk may not be mounted.
      - Only the default is made by the daemon. Any other name must exist already.
      - Syncthing's own default is V(.stfolder).
    type: str
  copy_ownership_from_parent:
    description:
      - Whether new files get the owner of the directory that they are in. The daemon needs the rights for that.
      - Syncthing's own default is V(false).
    type: bool
  mod_time_window_s:
    description:
      - By how many seconds modification times may differ that count as equal, for file systems that round them.
      - Syncthing's own default is V(0).
    type: int
  max_concurrent_writes:
    description:
      - How many writes to disk may be under way at once, from 1 to 256, or to 64 before Syncthing 2.0.0.
      - Syncthing's own default is V(16), and V(2) before 2.0.0.
    type: int
  disable_fsync:
    description:
      - Whether the daemon does not wait until files are safe on disk. Data may be lost when the power fails.
      - Syncthing's own default is V(false).
    type: bool
  block_pull_order:
    description:
      - In which order the blocks of one file are fetched.
      - With V(standard), they are fetched in order, but each device begins with other blocks than the others do.
      - With V(random), they are fetched in random order, and with V(inOrder) from the first to the last.
      - Syncthing's own default is V(standard).
    type: str
    choices:
      - standard
      - random
      - inOrder
  copy_range_method:
    description:
      - How data are copied from one file to another on the same disk.
      - V(standard) reads and writes.
      - V(ioctl), V(copy_file_range) and V(sendfile) are methods of Linux, V(duplicate_extents) is one of Windows.
      - V(all) is the first of them that works.
      - Syncthing's own default is V(standard).
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
      - Whether the daemon may rely on it that the file system tells upper from lower case, and spare its checks.
      - Syncthing's own default is V(false).
    type: bool
  junctions_as_dirs:
    description:
      - Whether junctions of NTFS are followed like directories, on Windows.
      - Syncthing's own default is V(false).
    type: bool
  sync_ownership:
    description:
      - Whether files get the owner and the group that other devices send. The daemon needs the rights for that.
      - Needs Syncthing 1.21.0 or later, whose own default is V(false).
    type: bool
  send_ownership:
    description:
      - Whether owner and group of files are sent to other devices. O(sync_ownership) implies it.
      - Needs Syncthing 1.22.0 or later, whose own default is V(false).
    type: bool
  sync_xattrs:
    description:
      - Whether files get the extended attributes that other devices send.
      - Needs Syncthing 1.22.0 or later, whose own default is V(false).
    type: bool
  send_xattrs:
    description:
      - Whether extended attributes of files are sent to other devices. O(sync_xattrs) implies it.
      - Needs Syncthing 1.22.0 or later, whose own default is V(false).
    type: bool
  block_indexing:
    description:
      - Whether the daemon keeps an index of all blocks, to find in other files what it would else have to fetch.
        Without it, the database is smaller.
      - Needs Syncthing 2.1.0 or later, whose own default is V(true).
    type: bool
  xattr_filter:
    description:
      - Which extended attributes are sent and applied, where O(send_xattrs) or O(sync_xattrs) is V(true).
      - A key that is not set stays as it is.
      - Needs Syncthing 1.22.0 or later.
    type: dict
    suboptions:
      entries:
        description:
          - Rules, of which the first one that matches an attribute's name decides. With no rules, all attributes
            pass. If there are rules and none matches, the attribute does not pass.
          - The list replaces the one that the daemon has.
          - Syncthing's own default is V([]).
        type: list
        elements: dict
        suboptions:
          match:
            description:
              - A pattern for the attribute's name, such as V(user.*).
            type: str
            required: true
          permit:
            description:
              - Whether a matching attribute passes.
            type: bool
            required: true
      max_single_entry_size:
        description:
          - The largest attribute that passes, name and value together, in bytes. V(0) is no limit.
          - Syncthing's own default is V(1024).
        type: int
      max_total_size:
        description:
          - How large all attributes of one file together may be, in bytes. V(0) is no limit.
          - Syncthing's own default is V(4096).
        type: int
  extra:
    description:
      - Further settings of a folder that this collection does not know yet, by the names that Syncthing's REST API
        has for them, which are in camelCase. They are passed on as they are.
      - What has an option of its own can't be set here.
    type: dict
"""
