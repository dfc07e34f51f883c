# Copyright (c) 2026 community.syncthing contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# PRIVATE: used by this collection only; it may change in any release.

"""What all modules of the collection share: connection options, secrecy, errors, diffs."""

from __future__ import annotations

import re
import typing as t

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from . import _raw_options
from ._errors import DiscoveryError, InvalidInput, MissingLibrary, SyncthingError
from ._schema import urls

# On a host, each of these is compiled again in each task, so they are imported by what uses them.
if t.TYPE_CHECKING:
    from ._api.client import SyncthingClient
    from ._config.desired import Desired
    from ._config.reconcile import Outcome
    from ._setup.installation import Installation

_WHERE: dict[str, dict[str, t.Any]] = {
    "config_dir": {"type": "path", "fallback": (env_fallback, ["SYNCTHING_CONFIG_DIR"])},
    "user": {"type": "str"},
}

CONNECTION: dict[str, dict[str, t.Any]] = {
    "api_url": {"type": "str", "fallback": (env_fallback, ["SYNCTHING_API_URL"])},
    "api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["SYNCTHING_API_KEY"])},
    "auth_method": {"type": "str", "choices": ["api_key", "bearer"], "default": "api_key"},
    **_WHERE,
    "volumes": {"type": "list", "elements": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path", "fallback": (env_fallback, ["SYNCTHING_CA_PATH"])},
    "timeout": {"type": "float", "default": 30},
    "retries": {"type": "int", "default": 5},
}

HOST: dict[str, dict[str, t.Any]] = {
    **_WHERE,
    "executable": {"type": "str", "default": "syncthing"},
}

# Ansible hides options by name, but not what is inside an option of type raw or dict.
_SECRET_KEY = re.compile(r"(password|passphrase|secret|api_?key|private_?key)(?!\w*_files?\Z)", re.IGNORECASE)


class _Module(AnsibleModule):
    """An AnsibleModule that keeps secrets and fails in words."""

    _validated = False

    def __init__(self, argument_spec: dict[str, t.Any]) -> None:
        super().__init__(argument_spec=argument_spec, supports_check_mode=True)
        self._validated = True

    def _load_params(self) -> None:
        # Before anything is logged, which the constructor does.
        super()._load_params()
        for name, option in self.argument_spec.items():
            if option.get("required") and self.params.get(name, "") is None:
                self.params[name] = ""  # as newer releases of ansible-core do, so that one sentence serves all
        _raw_options.split_lines(self.argument_spec, self.params)
        self._given = dict(self.params)
        self._hide(self._given)
        try:
            _raw_options.check(self.argument_spec, self._given)
        except InvalidInput as exc:
            self._fail(exc)

    def fail_json(self, msg: str, **kwargs: t.Any) -> t.NoReturn:
        if not self._validated:
            # Ansible names the option but not which element of which list.
            msg = _locate(self.argument_spec, self._given, "") or msg
        super().fail_json(msg, **kwargs)
        raise AssertionError  # it has exited

    def _hide(self, value: t.Any, key: str = "") -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                # What is below a secret's name is secret, whatever its shape.
                self._hide(inner, key if _SECRET_KEY.search(key) else str(name))
        elif isinstance(value, list):
            for inner in value:
                self._hide(inner, key)
        elif _SECRET_KEY.search(key) and value and not isinstance(value, bool) or "PRIVATE KEY-----" in str(value):
            self.hide(str(value))
        elif urls.token(str(value)):
            self.hide(urls.token(str(value)))
        elif key == "api_url" and "@" in str(value):  # it is refused later
            self.hide(str(value).rpartition("@")[0].rpartition("//")[2].partition(":")[2])

    def _fail(self, exc: SyncthingError) -> t.NoReturn:
        self._validated = True
        self.fail_json(**_without_tokens(exc.as_result()))

    def hide(self, secret: str) -> None:
        """Keep a secret out of all output, logs and errors."""
        if not secret:
            return
        self.no_log_values.add(secret)
        try:
            from ansible.module_utils.secrets import register_secret  # ansible-core 2.22
        except ImportError:
            return
        register_secret(secret)

    def secret(self, name: str, value: str | None, file: str) -> str | None:
        """Return the value of the option ``name``, or what is in the file on this host that ``file`` names."""
        if not self.params[file]:
            return value
        if value:
            raise InvalidInput(f"{name} and {file} are both set. Set only one of them.")
        from ._host.files import read_secret

        secret = read_secret(self.params[file], file)
        self.hide(secret)
        return secret

    def _finish(self, work: t.Callable[[], dict[str, t.Any]]) -> t.NoReturn:
        """Exit with what ``work()`` returns, or fail in words."""
        try:
            result = work()
        except SyncthingError as exc:
            self._fail(exc)
        except OSError as exc:
            place = exc.filename or "This host"
            advice = "Run the task as the daemon's user, or as root with 'user' set to it."
            self._fail(DiscoveryError(f"{place}: {exc.strerror or exc}. {advice}"))
        except MissingLibrary as exc:
            self.fail_json(msg=missing_required_lib(exc.name), exception=exc.details)
        self.exit_json(**_without_tokens(result))
        raise AssertionError  # it has exited


class PlainModule(_Module):
    """A module that needs neither a daemon nor its files. ``main()`` of a module is ``PlainModule(...).run(...)``."""

    def run(self, work: t.Callable[[PlainModule], dict[str, t.Any]]) -> t.NoReturn:
        """Call ``work(module)`` and exit with what it returns, or fail in words."""
        self._finish(lambda: work(self))


class HostModule(_Module):
    """A module that needs no running daemon. ``main()`` of a module is ``HostModule(...).run(...)``."""

    def __init__(self, argument_spec: dict[str, t.Any]) -> None:
        super().__init__(dict(HOST, **argument_spec))

    def run(
        self, work: t.Callable[[HostModule, Installation], dict[str, t.Any]], bare: bool | None = None
    ) -> t.NoReturn:
        """Call ``work(module, installation)`` and exit with what it returns, or fail in words.

        ``bare``: whether it is not an error that a host does not have the user yet. If None, check mode tells.
        """

        from ._setup import installation

        def local() -> dict[str, t.Any]:
            options: dict[str, t.Any] = {key: self.params[key] or HOST[key].get("default") for key in HOST}
            result = work(self, installation.find(bare=self.check_mode if bare is None else bare, **options))
            if not self._diff:
                result.pop("diff", None)
            return result

        self._finish(local)


class SyncthingModule(_Module):
    """A module that speaks to a daemon. ``main()`` of a module is ``SyncthingModule(...).run(...)``."""

    def __init__(self, argument_spec: dict[str, t.Any]) -> None:
        super().__init__(dict(CONNECTION, **argument_spec))

    def run(self, work: t.Callable[[SyncthingModule, SyncthingClient], dict[str, t.Any]]) -> t.NoReturn:
        """Connect, call ``work(module, client)`` and exit with what it returns, or fail in words."""

        def connected(module: SyncthingModule) -> dict[str, t.Any]:
            with module.connect() as client:
                return work(module, client)

        self.run_unconnected(connected)

    def run_unconnected(self, work: t.Callable[[SyncthingModule], dict[str, t.Any]]) -> t.NoReturn:
        """Call ``work(module)`` and exit with what it returns, or fail in words."""
        self._finish(lambda: work(self))

    def connect(self, **overrides: t.Any) -> SyncthingClient:
        """Return a client for the daemon that the options name; ``overrides`` replace some of them."""
        from ._api import discovery
        from ._api.client import SyncthingClient

        options: dict[str, t.Any] = {key: None if self.params[key] == "" else self.params[key] for key in CONNECTION}
        where = {key: options.pop(key) for key in ("api_url", "api_key", "config_dir", "user", "volumes")}
        endpoint = discovery.resolve(**where)
        if endpoint.api_key:
            self.hide(endpoint.api_key)
        return SyncthingClient(endpoint, **dict(options, **overrides))

    def reconcile(self, client: SyncthingClient, desired: Desired) -> tuple[Outcome, dict[str, t.Any]]:
        """Bring the daemon to what is desired; return the outcome and the results that all modules share."""
        from ._config.reconcile import reconcile

        outcome = reconcile(client, desired, self.check_mode)
        for warning in outcome.warnings:
            self.warn(warning)
        result: dict[str, t.Any] = {"changed": bool(outcome.changes)}
        if self._diff:
            result["diff"] = _diff(outcome)
        return outcome, result


def _without_tokens(value: t.Any) -> t.Any:
    """Return results without what the daemon tells of the tokens of relays, in the addresses of several answers."""
    if isinstance(value, dict):
        return {_without_tokens(key): _without_tokens(content) for key, content in value.items()}
    if isinstance(value, list):
        return [_without_tokens(item) for item in value]
    return urls.without_token(value) if isinstance(value, str) else value


def _diff(outcome: Outcome) -> dict[str, t.Any]:
    from ._config.render import render_change

    before: dict[str, t.Any] = {}
    after: dict[str, t.Any] = {}
    for change in outcome.changes:
        for side, shown in zip((before, after), render_change(change)):
            if shown is not None and change.id:
                side.setdefault(change.kind, {})[change.id] = shown
            elif shown is not None:
                side[change.kind] = shown
    return {"before": before, "after": after}


def _locate(spec: t.Mapping[str, t.Any], params: t.Any, place: str) -> str | None:
    """Return Ansible's complaint about the first wrong element of a list, with its place in front."""
    for name, option in spec.items():
        value = params.get(name) if isinstance(params, dict) else None
        inner = option.get("options")
        if not inner or not value:
            continue
        where = place + name
        items = [(where, value)]
        if isinstance(value, list):
            items = [(f"{where}[{number}]", item) for number, item in enumerate(value)]
        for where, item in items:
            found = _locate(inner, item, where + ".")
            if found:
                return found
            if not isinstance(item, dict):
                return f"{where} must be a dict."
            given = {key: content for key, content in item.items() if content is not None}
            complaints = ArgumentSpecValidator(inner).validate(given).error_messages
            if complaints:
                return f"{where}: {complaints[0]}"
    return None
