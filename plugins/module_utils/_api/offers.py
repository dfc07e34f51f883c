# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""Devices that ask to connect, and folders that others offer to share.

Source: ``lib/model`` of Syncthing 1.13 to 2.1.
"""

from __future__ import annotations

from .._errors import NotFound
from .._schema.field import Json, snake_keys
from .client import SyncthingClient


def fetch_pending(client: SyncthingClient) -> Json | None:
    """Return the pending devices and folders by their IDs; None before Syncthing 1.13."""
    try:
        devices = client.get("/rest/cluster/pending/devices")
        folders = client.get("/rest/cluster/pending/folders")
    except NotFound:
        return None
    return {"devices": devices, "folders": {folder_id: entry["offeredBy"] for folder_id, entry in folders.items()}}


def show_pending(pending: Json) -> Json:
    """Return the same with the names that options have."""
    return {
        "devices": {device_id: snake_keys(offer) for device_id, offer in pending["devices"].items()},
        "folders": {
            folder_id: {device_id: snake_keys(offer) for device_id, offer in offers.items()}
            for folder_id, offers in pending["folders"].items()
        },
    }
