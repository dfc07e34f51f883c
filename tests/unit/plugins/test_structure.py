# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""What a reader of the code can rely on."""

from __future__ import annotations

import ast
import collections
import pathlib

PLUGINS = pathlib.Path(__file__).parents[3] / "plugins"
FILES = [path for path in sorted(PLUGINS.rglob("*.py")) if path.parent.name not in ("modules", "doc_fragments")]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
# Ansible looks for these.
PLUGIN_CLASSES = {"ActionModule", "FilterModule", "InventoryModule", "TestModule"}


def test_no_file_is_long():
    assert [str(path) for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > 350] == []


def test_a_class_is_the_only_one_of_its_name():
    found = collections.Counter(
        node.name for tree in TREES.values() for node in tree.body if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in found.items() if count > 1 and name[0] != "_"} <= PLUGIN_CLASSES


def test_every_loop_that_waits_is_until():
    for path, tree in TREES.items():
        loops = [node for node in ast.walk(tree) if isinstance(node, (ast.While, ast.For))]
        sleeps = [call for loop in loops for call in ast.walk(loop) if getattr(call, "attr", "") == "sleep"]
        assert not sleeps or path.name == "_until.py", path


def test_only_one_file_uses_private_parts_of_the_http_libraries():
    names = {"_fp", "_new_conn", "response_class", "ConnectionCls", "pool_classes_by_scheme"}
    for path, tree in TREES.items():
        if path.name != "library_internals.py":
            assert not names & {getattr(node, "attr", "") for node in ast.walk(tree)}, path
