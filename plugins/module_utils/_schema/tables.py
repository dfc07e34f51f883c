# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""The one table of Syncthing's configuration fields, and what follows from it.

Source: the structs in ``lib/config`` of Syncthing 1.12.0 to 2.1.3, and https://docs.syncthing.net/users/config.html.
The option's name is the JSON key in snake_case; ``since`` is the first and ``until`` the first release without it.
"""

from __future__ import annotations

import re
import typing as t

from . import checks, patterns
from .checks import CENTURY_D, CENTURY_H, CENTURY_M, CENTURY_S, PORT, THREADS, YEAR
from .field import Field, Json


def _unique(values: t.Sequence[str]) -> t.Sequence[str]:
    return list(dict.fromkeys(values))


def _socket_path(value: str) -> str:
    return value[len("unix://") :] if value.startswith("unix:///") else value


def _cookie_path(value: str) -> str:
    value = value.strip()
    return value if value.startswith("/") else "/" + value


def _dynamic_if_empty(values: t.Sequence[str]) -> t.Sequence[str]:
    return ["dynamic"] if list(values) in ([], [""]) else values


SIZE = (
    Field("value", "float", low=0, high=2**62),
    Field("unit", check=checks.size_unit),
)

IGNORED_FOLDER = (
    Field("id", required=True),
    Field("label"),
    Field("time", check=checks.timestamp, normalise=checks.canonical_timestamp),
)

# The ID is an option of another shape, as that of a device: see _desired.py.
IGNORED_DEVICE = (
    Field("name"),
    Field("address"),
    Field("time", check=checks.timestamp, normalise=checks.canonical_timestamp),
)

DEVICE = (
    Field("name"),
    Field("addresses", "list", check=checks.addresses, normalise=_dynamic_if_empty),
    Field("compression", choices=("metadata", "always", "never")),
    Field("certName"),
    Field("introducer", "bool"),
    Field("skipIntroductionRemovals", "bool"),
    Field("introducedBy"),
    Field("paused", "bool"),
    Field("allowedNetworks", "list", check=checks.networks),
    Field("autoAcceptFolders", "bool"),
    Field("maxSendKbps", "int"),
    Field("maxRecvKbps", "int"),
    Field("ignoredFolders", "list", elements="dict", fields=IGNORED_FOLDER),
    Field("maxRequestKiB", "int"),
    Field("untrusted", "bool"),
    Field("remoteGUIPort", "int", low=0, high=PORT),
    Field("numConnections", "int", high=128, since="1.25.0"),
    Field("group", since="2.1.0"),
)

VERSIONING_PARAMS = (
    Field("keep", "int", low=1),
    Field("cleanoutDays", "int", low=0, high=CENTURY_D),
    Field("maxAge", "int", low=0, high=CENTURY_S),
    Field("command", check=checks.command),
)

# Which parameters mean something to which type. The daemon stores any key and never complains.
VERSIONING_PARAMS_OF = {
    "": (),
    "simple": ("keep", "cleanoutDays"),
    "staggered": ("maxAge",),
    "trashcan": ("cleanoutDays",),
    "external": ("command",),
}

BCRYPT = re.compile(r"\$2[aby]\$\d+\$.{50,}")  # what the daemon takes for a hash; Go: GUIConfiguration.SetPassword

VERSIONING = (
    # The daemon writes "" for no versioning; a word is easier to read and to declare.
    Field(
        "type",
        choices=("none", "simple", "staggered", "trashcan", "external"),
        normalise=lambda value: "" if value == "none" else value,
    ),
    Field("params", "dict", fields=VERSIONING_PARAMS),
    Field("cleanupIntervalS", "int", low=0, high=YEAR),
    Field("fsPath", since="1.14.0"),
    Field("fsType", choices=("basic", "fake"), since="1.14.0"),
)

XATTR_FILTER_ENTRY = (
    Field("match", required=True, check=patterns.attribute),
    Field("permit", "bool", required=True),
)

XATTR_FILTER = (
    Field("entries", "list", elements="dict", fields=XATTR_FILTER_ENTRY),
    Field("maxSingleEntrySize", "int"),
    Field("maxTotalSize", "int"),
)

# Who a folder is shared with is an option of another shape (IDs, names or dicts): see shares.py.
SHARE = (
    Field("deviceID", renamed="device"),
    Field("encryptionPassword", secret=True),
    Field("introducedBy"),
)

FOLDER = (
    Field("label"),
    Field("filesystemType", choices=("basic", "fake")),
    Field("path", check=checks.path),
    Field("type", choices=("sendreceive", "sendonly", "receiveonly", "receiveencrypted")),
    Field("group", since="2.1.0"),
    Field("rescanIntervalS", "int", low=0, high=YEAR),
    Field("fsWatcherEnabled", "bool"),
    Field("fsWatcherDelayS", "float", low=0.01, high=CENTURY_S),
    Field("fsWatcherTimeoutS", "float", low=0, high=CENTURY_S, since="1.27.8"),
    Field("ignorePerms", "bool"),
    Field("autoNormalize", "bool"),
    Field("minDiskFree", "dict", fields=SIZE, check=checks.size),
    Field("versioning", "dict", fields=VERSIONING),
    Field("copiers", "int", low=0, high=THREADS),
    Field("pullerMaxPendingKiB", "int"),
    Field("hashers", "int", low=0, high=THREADS),
    Field(
        "order",
        choices=("random", "alphabetic", "smallestFirst", "largestFirst", "oldestFirst", "newestFirst"),
    ),
    Field("ignoreDelete", "bool"),
    Field("scanProgressIntervalS", "int", high=CENTURY_S),
    Field("pullerPauseS", "int", low=0, high=YEAR),
    Field("pullerDelayS", "float", low=0, high=YEAR, since="2.0.0"),
    Field("maxConflicts", "int", low=-1),
    Field("disableSparseFiles", "bool"),
    Field("disableTempIndexes", "bool", until="2.0.0"),
    Field("paused", "bool"),
    Field("weakHashThresholdPct", "int", check=checks.weak_hash, until="2.0.0"),
    Field("markerName", check=checks.marker_name, normalise=lambda value: value or ".stfolder"),
    Field("copyOwnershipFromParent", "bool"),
    Field("modTimeWindowS", "int", high=CENTURY_S),
    Field("maxConcurrentWrites", "int", low=1, high=256),
    Field("disableFsync", "bool"),
    Field("blockPullOrder", choices=("standard", "random", "inOrder")),
    Field(
        "copyRangeMethod",
        choices=("standard", "ioctl", "copy_file_range", "sendfile", "duplicate_extents", "all"),
    ),
    Field("caseSensitiveFS", "bool"),
    Field("junctionsAsDirs", "bool"),
    Field("syncOwnership", "bool", since="1.21.0"),
    Field("sendOwnership", "bool", since="1.22.0"),
    Field("syncXattrs", "bool", since="1.22.0"),
    Field("sendXattrs", "bool", since="1.22.0"),
    Field("blockIndexing", "bool", since="2.1.0"),
    Field("xattrFilter", "dict", fields=XATTR_FILTER, since="1.22.0"),
)

OPTIONS = (
    Field("listenAddresses", "list", check=checks.listen_addresses, normalise=_unique),
    Field("globalAnnounceServers", "list", check=checks.discovery_servers, normalise=_unique),
    Field("globalAnnounceEnabled", "bool"),
    Field("localAnnounceEnabled", "bool"),
    Field("localAnnouncePort", "int", low=0, high=PORT),
    Field("localAnnounceMCAddr", check=checks.multicast_address),
    Field("maxSendKbps", "int"),
    Field("maxRecvKbps", "int"),
    Field("reconnectionIntervalS", "int", low=5, high=CENTURY_S),
    Field("relaysEnabled", "bool"),
    Field("relayReconnectIntervalM", "int", high=CENTURY_M),
    Field("startBrowser", "bool"),
    Field("natEnabled", "bool"),
    Field("natLeaseMinutes", "int", low=0, high=CENTURY_M),
    Field("natRenewalMinutes", "int", low=0, high=CENTURY_M),
    Field("natTimeoutSeconds", "int", low=0, high=CENTURY_S),
    Field("urAccepted", "int"),
    Field("urSeen", "int"),
    Field("urUniqueId"),
    Field("urURL", check=checks.web_url),
    Field("urPostInsecurely", "bool"),
    Field("urInitialDelayS", "int", high=CENTURY_S),
    Field("autoUpgradeIntervalH", "int", high=CENTURY_H),
    Field("upgradeToPreReleases", "bool"),
    Field("keepTemporariesH", "int", low=0, high=CENTURY_H),
    Field("cacheIgnoredFiles", "bool", until="2.1.3"),
    Field("progressUpdateIntervalS", "int", high=CENTURY_S),
    Field("limitBandwidthInLan", "bool"),
    Field("minHomeDiskFree", "dict", fields=SIZE, check=checks.size),
    Field("releasesURL", check=checks.web_url),
    Field("alwaysLocalNets", "list", check=checks.networks),
    Field("overwriteRemoteDeviceNamesOnConnect", "bool"),
    Field("tempIndexMinBlocks", "int"),
    Field("unackedNotificationIDs", "list", check=checks.no_empty_element),
    Field("trafficClass", "int", low=0, high=255),
    Field("setLowPriority", "bool"),
    Field("maxFolderConcurrency", "int"),
    Field("crURL", check=checks.web_url),
    Field("crashReportingEnabled", "bool"),
    Field("stunKeepaliveStartS", "int", high=CENTURY_S),
    Field("stunKeepaliveMinS", "int", high=CENTURY_S),
    Field("stunServers", "list", check=checks.stun_servers),
    Field("databaseTuning", choices=("auto", "small", "large"), until="2.0.0"),
    Field("maxConcurrentIncomingRequestKiB", "int"),
    Field("announceLANAddresses", "bool"),
    Field("sendFullIndexOnUpgrade", "bool"),
    Field("featureFlags", "list", check=checks.no_empty_element),
    Field("auditEnabled", "bool", since="1.29.6"),
    Field("auditFile", since="1.29.6"),
    Field("connectionLimitEnough", "int", low=0, since="1.13.0"),
    Field("connectionLimitMax", "int", low=0, since="1.13.0"),
    Field("connectionPriorityTcpLan", "int", since="1.23.5"),
    Field("connectionPriorityQuicLan", "int", since="1.23.5"),
    Field("connectionPriorityTcpWan", "int", since="1.23.5"),
    Field("connectionPriorityQuicWan", "int", since="1.23.5"),
    Field("connectionPriorityRelay", "int", since="1.23.5"),
    Field("connectionPriorityUpgradeThreshold", "int", since="1.23.5"),
    Field("insecureAllowOldTLSVersions", "bool", since="1.17.0", until="1.29.6"),
    Field("restartOnWakeup", "bool", until="1.21.0"),
    Field("defaultFolderPath", until="1.14.0"),
)

GUI = (
    Field("enabled", "bool", check=checks.enabled),
    Field("address", check=checks.gui_address, normalise=_socket_path),
    Field("unixSocketPermissions", quoted=True, check=checks.octal_mode),
    Field("user", check=checks.user),
    Field("password", secret=True, check=checks.password),
    Field("authMode", choices=("static", "ldap")),
    Field("metricsWithoutAuth", "bool", since="1.29.6"),
    Field("useTLS", "bool"),
    Field("apiKey", secret=True, check=checks.header),
    Field("insecureAdminAccess", "bool"),
    Field("theme"),
    Field("insecureSkipHostcheck", "bool"),
    Field("insecureAllowFrameLoading", "bool"),
    Field("sendBasicAuthPrompt", "bool", since="1.26.0"),
    # 0 is not stored, and becomes the default of a week at the next start
    Field("sessionCookieDurationS", "int", low=1, high=CENTURY_S, since="2.1.0"),
    Field("sessionCookiePath", since="2.1.0", normalise=_cookie_path),
    Field("debugging", "bool", until="2.0.0"),
)

LDAP = (
    Field("address", check=checks.host_and_port),
    Field("bindDN"),
    Field("transport", choices=("plain", "tls", "starttls")),
    Field("insecureSkipVerify", "bool"),
    Field("searchBaseDN"),
    Field("searchFilter"),
)

QUOTED = frozenset(field.option for table in (OPTIONS, GUI, LDAP) for field in table if field.quoted or field.secret)

# Before 1.14 the daemon doesn't tell its defaults, and it fills what a body leaves out with zeros. These are the
# values that its GUI sends for a new device and a new folder.
FACTORY_DEVICE: Json = {
    "deviceID": "",
    "name": "",
    "addresses": ["dynamic"],
    "compression": "metadata",
    "certName": "",
    "introducer": False,
    "skipIntroductionRemovals": False,
    "introducedBy": "",
    "paused": False,
    "allowedNetworks": [],
    "autoAcceptFolders": False,
    "maxSendKbps": 0,
    "maxRecvKbps": 0,
    "ignoredFolders": [],
    "maxRequestKiB": 0,
    "untrusted": False,
    "remoteGUIPort": 0,
}

FACTORY_FOLDER: Json = {
    "id": "",
    "label": "",
    "filesystemType": "basic",
    "path": "",
    "type": "sendreceive",
    "devices": [],
    "rescanIntervalS": 3600,
    "fsWatcherEnabled": True,
    "fsWatcherDelayS": 10,
    "ignorePerms": False,
    "autoNormalize": True,
    "minDiskFree": {"value": 1, "unit": "%"},
    "versioning": {"type": "", "params": {}, "cleanupIntervalS": 3600},
    "copiers": 0,
    "pullerMaxPendingKiB": 0,
    "hashers": 0,
    "order": "random",
    "ignoreDelete": False,
    "scanProgressIntervalS": 0,
    "pullerPauseS": 0,
    "maxConflicts": 10,
    "disableSparseFiles": False,
    "disableTempIndexes": False,
    "paused": False,
    "weakHashThresholdPct": 25,
    "markerName": ".stfolder",
    "copyOwnershipFromParent": False,
    "modTimeWindowS": 0,
    "maxConcurrentWrites": 2,
    "disableFsync": False,
    "blockPullOrder": "standard",
    "copyRangeMethod": "standard",
    "caseSensitiveFS": False,
    "junctionsAsDirs": False,
}
