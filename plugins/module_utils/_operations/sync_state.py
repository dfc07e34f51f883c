# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What is known of devices and folders: from the REST API at first, then from events. Pure."""

from __future__ import annotations

import typing as t

from .._schema.field import Json

TELL_WHAT = ("StateChanged", "FolderSummary", "FolderCompletion")  # what these events tell, nobody must ask for
NOTHING: Json = {
    "completion": None,
    "need_bytes": None,
    "need_items": None,
    "need_deletes": None,
    "remote_state": None,
}


def local(status: Json) -> Json:
    """A folder's part of the state, from what db/status and FolderSummary tell."""
    need_bytes, need_items, total = status["needBytes"], status["needTotalItems"], status["globalBytes"]
    completion: float | None = None
    if status["state"]:  # of a folder that doesn't run, all numbers are 0
        completion = 100 * (1 - need_bytes / total) if total else 100.0
        if need_items:  # deletions and what has no content; Syncthing says the same of other devices
            completion = min(completion, 95.0)
    return {
        "state": status["state"],
        "error": status.get("error") or "",
        "completion": completion,
        "global_bytes": total,
        "global_items": status["globalTotalItems"],
        "need_bytes": need_bytes,
        "need_items": need_items,
        "failed_items": status["errors"],
    }


def remote(answer: Json) -> Json:
    if not answer["sequence"]:  # it has told of no file, which Syncthing 1.12 takes for 100 %
        missing = {"needBytes": answer["globalBytes"], "needItems": answer["globalItems"]}
        answer = dict(answer, completion=0 if answer["globalItems"] else 100, **missing)
    return {
        "completion": answer["completion"],
        "need_bytes": answer["needBytes"],
        "need_items": answer["needItems"],
        "need_deletes": answer["needDeletes"],
        "remote_state": answer.get("remoteState"),  # before Syncthing 1.20, nobody knows
    }


def apply(seen: Json, event: Json) -> bool:
    """Note what an event tells; return False if it only tells that something changed."""
    if event["type"] not in TELL_WHAT:
        return False
    data = event["data"]
    entry = seen["folders"].get(data["folder"])
    if not entry:
        return True
    if event["type"] == "StateChanged":
        entry.update(state=data["to"], error=data.get("error") or "")
    elif event["type"] == "FolderSummary":
        entry.update(local(data["summary"]))
    elif data["device"] in entry["devices"]:
        entry["devices"][data["device"]] = remote(data)
    return True


def dial_error(addresses: t.Iterable[str], dialled: t.Mapping[str, Json]) -> str:
    addresses = [address for address in addresses if address != "dynamic"]
    if not addresses:
        return "none of its addresses is known; it has not announced itself, or is not found"
    found = {
        key: state["error"]
        for key, state in sorted(dialled.items())
        if state.get("error") and any(key.startswith(address) for address in addresses)
    }
    return ", ".join(f"{key}: {error}" for key, error in found.items())
