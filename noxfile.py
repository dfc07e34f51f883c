# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

"""Everything that checks this collection, on the versions of tests/matrix.toml. `nox -s NAME` runs one session."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import antsibull_nox
import nox
from nox.project import load_toml
from uv import find_uv_bin

ROOT = Path(__file__).parent
NAME = "community.syncthing"
REQUIREMENTS = ROOT / "tests" / "requirements"
MATRIX = load_toml(ROOT / "tests" / "matrix.toml")
# Daemons and hosts of the tests are ended by the tests: that takes longer than nox waits by itself.
PATIENCE = {"interrupt_timeout": 30, "terminate_timeout": 10}

nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.reuse_existing_virtualenvs = True
# An environment whose Python is no longer the chosen one is made again.
os.environ["NOX_ENABLE_STALENESS_CHECK"] = "1"
# Every process of Ansible would compile all of Ansible again, which is a good part of the time that tests take.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def find_pythons() -> dict[str, str]:
    """The Pythons on PATH, in pyenv and of uv: minor version to path."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    # before PATH, which may hold pyenv's shims: those run selected versions only
    path = os.pathsep.join([*map(str, pyenv.glob("versions/*/bin")), os.environ["PATH"]])
    command = [find_uv_bin(), "python", "list", "--only-installed", "--output-format", "json"]
    # it warns of whatever Python is too old for it
    found = json.loads(subprocess.check_output(command, env={**os.environ, "PATH": path}, stderr=subprocess.DEVNULL))
    pythons: dict[str, str] = {}
    for python in found:
        if python["implementation"] == "cpython" and python["variant"] == "default":
            pythons.setdefault("{major}.{minor}".format(**python["version_parts"]), python["path"])
    return pythons


PYTHONS = find_pythons()


def choose(wanted: list[str]) -> str | bool:
    """The path of the first of these Pythons that is here; False, which means no environment, if none is."""
    return next((PYTHONS[version] for version in wanted if version in PYTHONS), False)


CORES = {core: choose(MATRIX["core"][core]["python"]) for core in reversed(MATRIX["core"])}
LATEST = next(iter(CORES))
NEWEST = next((core for core, python in CORES.items() if python), LATEST)
OLDEST = next(reversed(CORES))
TOOLS = choose(MATRIX["tools"]["python"])
on_every_core = nox.parametrize("python,core", [nox.param(python, core, id=core) for core, python in CORES.items()])

# By itself, antsibull-nox uses the Python that nox runs on, and its `lint` has none of our own checks.
antsibull_nox.load_antsibull_nox_toml()
READY = nox.registry.get()
for ready in READY.values():
    if ready.python is None:
        ready.python = TOOLS
READY["lint"].requires = [*READY["lint"].requires, "license-check", "ansible-lint", "own_checks"]


def install(session: nox.Session, lock: str, wanted: list[str]) -> None:
    if not session.python:
        session.skip(f"needs Python {' or '.join(wanted)}, found {', '.join(PYTHONS)}")
    session.install("--requirements", REQUIREMENTS / f"{lock}.txt")


def install_tools(session: nox.Session) -> None:
    install(session, "tools", MATRIX["tools"]["python"])


def install_core(session: nox.Session, core: str) -> None:
    install(session, f"core-{core}", MATRIX["core"][core]["python"])


def version_of(session: nox.Session) -> str:
    """Minor version of the Python that a session runs on."""
    return next(version for version, path in PYTHONS.items() if path == session.python)


def copy_sources(copy: Path) -> None:
    listing = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in filter(None, subprocess.check_output(listing, text=True).split("\0")):
        (copy / name).unlink(missing_ok=True)
        if os.path.lexists(ROOT / name):  # else deleted, and not yet so in the index
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)


@contextmanager
def collection(session: nox.Session) -> Iterator[dict[str, str]]:
    """Work in a copy of the sources that lies where Ansible finds it; yields the environment for that."""
    with tempfile.TemporaryDirectory(prefix="nox-") as tree:
        copy = Path(tree, "ansible_collections", *NAME.split("."))
        copy_sources(copy)
        with session.chdir(copy):
            yield {"ANSIBLE_COLLECTIONS_PATH": tree, "PYTHONPATH": str(copy / "tests")}


def pip_conf() -> configparser.RawConfigParser:
    """The user's settings for pip as one file: ansible-test passes neither PIP_* nor the real home on."""
    config = configparser.RawConfigParser()
    user = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"))
    config.read([Path.home() / ".pip/pip.conf", user / "pip/pip.conf", os.environ.get("PIP_CONFIG_FILE", os.devnull)])
    settings = {name[4:].lower().replace("_", "-"): value for name, value in os.environ.items() if name[:4] == "PIP_"}
    config.read_dict({"global": settings})
    return config


def ansible_test(session: nox.Session, *arguments: str, path: Path | None = None) -> None:
    """Run ansible-test without containers, with a home of its own and every Python here on PATH."""
    venv = Path(session.virtualenv.location)
    home = venv / "home"
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    internals = next(venv.glob("lib/*/site-packages/ansible_test/_internal/python_requirements.py")).read_text()
    for version in re.findall(r"pip='([\d.]+)'", internals):
        shutil.copy(ROOT / "tests/tools/get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")
    conf = home / ".config/pip/pip.conf"
    conf.parent.mkdir(parents=True, exist_ok=True)
    with conf.open("w") as file:
        pip_conf().write(file)

    bins = [str(path)] if path else []
    bins += [session.bin, *(str(Path(python).parent) for python in PYTHONS.values()), os.environ["PATH"]]
    env = {"HOME": str(home), "PATH": os.pathsep.join(bins), "LC_ALL": "C.UTF-8"}
    with collection(session):
        session.run("ansible-test", *arguments, env=env)


# Every test and every Syncthing is for the newest core. Elsewhere run, on the newest Syncthing, the tests that may
# depend on the core; and every module by ansible-playbook where the controller or the managed Python is the oldest.
INNER = ("any_core", "outer_cores")
OUTER = ("any_core",)
NEWEST_SYNCTHING = "from harness.binaries import find; print(*[binary.version for binary in find().binaries[-1:]])"


def run_pytest(
    session: nox.Session, leave_out: tuple[str, ...], tests: str = "tests/integration", **variables: str
) -> None:
    marks = ["-m", " and ".join(f"not {mark}" for mark in leave_out)] if leave_out else []
    with collection(session) as env:
        if leave_out:
            newest = session.run("python", "-c", NEWEST_SYNCTHING, env=env, silent=True, stderr=None)
            env["SYNCTHING_TEST_VERSIONS"] = newest.strip()
        arguments = session.posargs or [tests, *marks]
        session.run("pytest", "-n", "2", "--durations=10", *arguments, env={**env, **variables}, **PATIENCE)


# what `python -m containers prepare` exits with, and says why
UNAVAILABLE = 3


@nox.session(python=TOOLS)
def own_checks(session: nox.Session) -> None:
    """The checks of `lint` that antsibull-nox does not have: formatting, layers, fragments, spelling and workflows."""
    install_tools(session)
    with collection(session) as env:
        session.run("python", "-m", "tools.generated_docs", "--check", env=env)
        session.run("ruff", "format", "--check")
        session.run("lint-imports", "pyproject.toml", env={"PYTHONPATH": env["ANSIBLE_COLLECTIONS_PATH"]}, silent=True)
        session.run("antsibull-changelog", "lint")
        # its own dictionary, and words that are wrong or odd in this project's texts
        session.run("codespell", "--dictionary", "-", "--dictionary", "tests/tools/words.txt")
    lint_workflows(session)


ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"


def lint_workflows(session: nox.Session) -> None:
    """Check .github/workflows by actionlint, built once into the session's environment; Go's proxy has it."""
    program = Path(session.bin, "actionlint-" + ACTIONLINT.rpartition("@")[2])
    if not program.exists():
        if not (go := shutil.which("go")):
            session.warn("actionlint: not run: it needs Go, which was not found")
            return
        build = subprocess.run([go, "install", ACTIONLINT], env={**os.environ, "GOBIN": session.bin}, check=False)
        if build.returncode:
            session.warn("actionlint: not run: Go could not download or build it, see above")
            return
        Path(session.bin, "actionlint").rename(program)
    session.run(str(program), *sorted(ROOT.glob(".github/workflows/*.yml")), external=True)


@nox.session(python=TOOLS)
def site(session: nox.Session) -> None:
    """The documentation as HTML, with every link in it checked: tests/output/site."""
    install_tools(session)
    with collection(session) as env:
        build_site(session, ROOT / "tests/output/site", env)


# Ansible's own documentation, whose index requires the internet. No other collection is referred to.
ELSEWHERE = r"(?!ansible_collections\.(?!ansible\.builtin\.)).*"


def build_site(session: nox.Session, site: Path, env: dict[str, str]) -> None:
    """The pages of the collection as HTML; a link to a page or section that isn't there fails."""
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", site]
    session.run("antsibull-docs", "sphinx-init", *options, NAME, env=env, silent=True)
    with (site / "conf.py").open("a") as conf:
        conf.write("\nintersphinx_mapping = {}\n")
        conf.write(f"nitpick_ignore_regex = [('std:ref', {ELSEWHERE!r}), ('std:envvar', 'ANSIBLE_.*')]\n")
    config = ["--config-file", site / "antsibull-docs.cfg"]
    options = ["--cleanup", "everything", "--fail-on-error", "--use-current", "--squash-hierarchy"]
    session.run("antsibull-docs", *config, "collection", *options, "--dest-dir", site / "rst", NAME, env=env)
    options = ["--builder", "html", "--conf-dir", site, "--fail-on-warning", "--keep-going", "--quiet"]
    session.run("sphinx-build", *options, site / "rst", site / "html", env=env)


# bytes; the goal was 350 kB before the roles for servers, backups and monitoring
MAX_ARTIFACT = 400_000
SHIPPED = {
    *(
        "CHANGELOG.md",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "COPYING",
        "FILES.json",
        "LICENSES",
        "MANIFEST.json",
        "README.md",
    ),
    *("changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "requirements.txt", "roles"),
}


@nox.session(python=TOOLS)
def build(session: nox.Session) -> None:
    """What is shipped: built, installed from the tarball and from git, complete without the rest of the repository."""
    install_tools(session)
    with tempfile.TemporaryDirectory(prefix="nox-") as work:
        # from the work tree itself, with all that lies about in it
        session.run("ansible-galaxy", "collection", "build", "--output-path", work, ROOT)
        (tarball,) = Path(work).glob("*.tar.gz")
        check_artifact(session, tarball)
        check_imported(session, tarball)
        lint_artifact(session, tarball)
        check_installed(session, str(tarball), Path(work, "from-tarball"))
        check_environments(session, Path(work, "from-tarball"), Path(work, "images"))
        with collection(session):
            session.run("git", "init", "--quiet", external=True)
            session.run("git", "add", "--all", external=True)
            session.run("git", *AUTHOR, "commit", "--quiet", "--message", "all", external=True)
            check_installed(session, f"git+file://{Path.cwd()}", Path(work, "from-git"))


def check_artifact(session: nox.Session, tarball: Path) -> None:
    """Only what is meant to be shipped, and not too large."""
    with tarfile.open(tarball) as tar:
        shipped = {Path(name).parts[0] for name in tar.getnames()}
    if unwanted := shipped - SHIPPED:
        session.error(f"not to be shipped: {', '.join(sorted(unwanted))}")
    size = tarball.stat().st_size
    session.log(f"{tarball.name}: {size // 1000} kB of at most {MAX_ARTIFACT // 1000}")
    if size > MAX_ARTIFACT:
        session.error(f"The artifact is larger than {MAX_ARTIFACT // 1000} kB; see build_ignore in galaxy.yml.")


def lint_artifact(session: nox.Session, tarball: Path) -> None:
    """ansible-lint's production profile on what users get, without this repository's settings."""
    tree = tarball.parent / "unpacked"
    unpacked = tree.joinpath("ansible_collections", *NAME.split("."))
    with tarfile.open(tarball) as tar:
        tar.extractall(unpacked, filter="data")
    with session.chdir(unpacked):
        command = ["ansible-lint", "--offline", "--strict", "--profile", "production"]
        session.run(*command, env={"ANSIBLE_COLLECTIONS_PATH": str(tree)})


def check_imported(session: nox.Session, tarball: Path) -> None:
    """What Galaxy does with an upload, in its default configuration; a warning fails as an error does."""
    with session.chdir(tarball.parent):
        # it reports by its log, on stderr
        # it gives ansible-lint three minutes, which are not many beside another session
        command = ["nice", "-n", "-10", "python", "-m", "galaxy_importer.main", tarball.name]
        said = session.run(*command, silent=True, stderr=subprocess.STDOUT, external=True)
    session.log(said)
    if found := [line for line in said.splitlines() if re.match(r"(WARNING|ERROR)", line)]:
        session.error("galaxy-importer found: " + "; ".join(found))


def check_environments(session: nox.Session, installed: Path, contexts: Path) -> None:
    """What modules need, ansible-builder finds in the installed collection and in the checkout."""
    needs = re.search(r"(?m)^requests\b.*", (ROOT / "meta/requirements.txt").read_text())[0]
    found = [session.run("ansible-builder", "introspect", "--sanitize", installed, silent=True)]
    for directory in ("extensions/awx", "meta"):
        context = contexts / directory
        definition = ROOT / directory / "execution-environment.yml"
        session.run("ansible-builder", "create", "--file", definition, "--context", context)
    found.append((contexts / "meta/_build/requirements.txt").read_text())
    if not all(needs in text for text in found):
        session.error(f"ansible-builder does not find that {needs} is needed: {found}")


AUTHOR = ("-c", "user.name=nox", "-c", "user.email=nox@localhost")
PRETENDED = "99.0.0"


@nox.session(python=TOOLS)
def release(session: nox.Session) -> None:
    """Prepare a release up to its tag in tests/output/release and publish nothing; a dry run without `-- VERSION`."""
    install_tools(session)
    if len(session.posargs) > 1:
        session.error("Name one version, for example: nox -s release -- 1.0.0")
    version = session.posargs[0] if session.posargs else PRETENDED
    if not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?", version):
        session.error(f"{version} is not a version such as 1.0.0.")
    with tempfile.TemporaryDirectory(prefix="nox-") as work:
        clone = Path(work, "ansible_collections", *NAME.split("."))
        session.run("git", "clone", "--quiet", "--no-hardlinks", ROOT, clone, external=True)
        if not session.posargs:  # what isn't committed yet is tried too, whatever state the checkout is in
            copy_sources(clone)
            clone.joinpath("changelogs/fragments").mkdir(exist_ok=True)
            clone.joinpath("changelogs/fragments/pretended.yml").write_text("---\nrelease_summary: A dry run.\n")
        with session.chdir(clone):
            prepare_release(session, version)
        if session.posargs:
            kept = ROOT / "tests/output/release"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(clone, kept, symlinks=True)
            session.log(f"Nothing is published. To take it over: git pull --ff-only {kept} HEAD --tags")


def prepare_release(session: nox.Session, version: str) -> None:
    """In a clone: set the version, write the changelog, check what will be shipped, commit, and tag."""
    if session.run("git", "tag", "--list", version, external=True, silent=True).strip():
        session.error(f"{version} is tagged already. Choose the next version.")
    galaxy = Path("galaxy.yml")
    galaxy.write_text(re.sub(r"(?m)^version: .*$", f"version: {version}", galaxy.read_text()))
    write_changelog(session)
    session.run("antsibull-changelog", "lint")
    session.run("antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")
    if f'<a id="v{version.replace(".", "-")}">' not in Path("CHANGELOG.md").read_text():
        session.error(f"CHANGELOG.md has no section for {version}.")
    with tempfile.TemporaryDirectory(prefix="nox-") as built:
        session.run("ansible-galaxy", "collection", "build", "--output-path", built, ".")
        check_artifact(session, Path(built, f"{NAME.replace('.', '-')}-{version}.tar.gz"))
    session.run("git", "add", "--all", external=True)
    session.run("git", *AUTHOR, "commit", "--quiet", "--message", f"Release {version}", external=True)
    session.run("git", *AUTHOR, "tag", "--annotate", "--message", f"Release {version}", version, external=True)


@nox.session(python=TOOLS, default=False)
def changelog(session: nox.Session) -> None:
    """Put the fragments into the release of galaxy.yml's version, in the checkout, until that release is tagged."""
    install_tools(session)
    version = load_version()
    if session.run("git", "-C", ROOT, "tag", "--list", version, external=True, silent=True).strip():
        session.error(f"{version} is released. Set the next version in galaxy.yml first.")
    with session.chdir(ROOT):
        write_changelog(session)


def write_changelog(session: nox.Session) -> None:
    session.run("antsibull-changelog", "release", "--update-existing")


def load_version() -> str:
    """The version in galaxy.yml."""
    return re.search(r"(?m)^version: (\S+)$", (ROOT / "galaxy.yml").read_text())[1]


def check_installed(session: nox.Session, source: str, tree: Path) -> None:
    """Install the collection, take away what must not be needed, and see whether Ansible finds every module."""
    env = {"ANSIBLE_COLLECTIONS_PATH": str(tree)}
    session.run("ansible-galaxy", "collection", "install", "--no-deps", "-p", tree, source, env=env)
    for entry in tree.joinpath("ansible_collections", *NAME.split(".")).iterdir():
        if entry.is_dir() and entry.name not in {"meta", "plugins", "roles", "playbooks"}:
            shutil.rmtree(entry)
    found = json.loads(session.run("ansible-doc", "--list", "--json", NAME, env=env, silent=True))
    modules = {f"{NAME}.{file.stem}" for file in ROOT.glob("plugins/modules/*.py")}
    if missing := modules - set(found):
        session.error(f"installed from {source}, these are not found: {', '.join(sorted(missing))}")
    session.run("ansible-doc", "--type", "module", *sorted(modules), env=env, silent=True)


@nox.session
@on_every_core
def units(session: nox.Session, core: str) -> None:
    """Unit tests, without any daemon; between the oldest and the newest core, of what runs on the controller."""
    install_core(session, core)
    # What is sent to hosts sees little of the core, and runs on 2.19 with Python 3.8 too: see `managed`.
    here = ["action", "filter", "plugin_utils"]
    fewer = [] if core in (OLDEST, NEWEST) else [f"tests/unit/plugins/{name}/" for name in here]
    ansible_test(session, "units", "--python", version_of(session), *(session.posargs or fewer))


@nox.session
@on_every_core
def sanity(session: nox.Session, core: str) -> None:
    """Ansible's own checks; on the oldest and the newest core with every Python that is here; pylint on the newest."""
    install_core(session, core)
    # pylint takes most of the time, and finds the same on all of them.
    fewer = [] if core == NEWEST else ["--skip-test", "pylint"]
    if core not in (OLDEST, NEWEST):  # which know every Python between them
        fewer += ["--python", version_of(session)]
    ansible_test(session, "sanity", *fewer, *session.posargs)


@nox.session
@on_every_core
def integration(session: nox.Session, core: str) -> None:
    """Every module against real daemons; every Syncthing on the newest core."""
    install_core(session, core)
    run_pytest(session, {NEWEST: (), OLDEST: OUTER}.get(core, INNER))


@nox.session
@nox.parametrize(
    "python,core",
    [nox.param(choose(entry["python"]), core, id=core) for core, entry in MATRIX["preview"].items()],
)
def preview(session: nox.Session, core: str) -> None:
    """Secrets, on an ansible-core that is not out yet: from 2.22 on, it masks them in another way."""
    install(session, f"core-{core}", MATRIX["preview"][core]["python"])
    run_pytest(session, OUTER, "tests/integration/test_secrets.py")


@nox.session
@nox.parametrize(
    "python,managed",
    [nox.param(CORES[entry["core"]], version, id=version) for version, entry in MATRIX["managed"].items()],
)
def managed(session: nox.Session, managed: str) -> None:
    """Units and integration with an old Python on the managed host."""
    if managed not in PYTHONS:
        session.skip(f"needs Python {managed}, found {', '.join(PYTHONS)}")
    install_core(session, MATRIX["managed"][managed]["core"])
    venv = Path(session.virtualenv.location, "managed")
    session.run("uv", "venv", "--quiet", "--clear", "--python", PYTHONS[managed], venv)
    session.run("uv", "pip", "install", "--quiet", "--python", venv, "-r", REQUIREMENTS / f"managed-{managed}.txt")
    ansible_test(session, "units", "--python", managed, path=venv / "bin")
    oldest = next(iter(MATRIX["managed"]))
    run_pytest(session, OUTER if managed == oldest else INNER, SYNCTHING_TEST_PYTHON=str(venv / "bin/python"))


@nox.session(python=CORES["2.19"])
def rulebook(session: nox.Session) -> None:
    """The rulebook, by ansible-rulebook."""
    if not shutil.which("java"):
        session.skip("needs Java 17 or later")
    install(session, "rulebook", MATRIX["core"]["2.19"]["python"])
    with collection(session) as env:
        session.run("pytest", "tests/integration/test_event_source.py", "-k", "rulebook", env=env, **PATIENCE)


@nox.session(python=CORES[NEWEST])
def demo(session: nox.Session) -> None:
    """A playbook pairs three daemons and shares a folder between them."""
    install_core(session, NEWEST)
    with collection(session) as env:
        command = ["python", "-m", "harness", "exec", "--count", "3", "--", "python", "tests/demo/run.py"]
        session.run(*command, *session.posargs, env=env, **PATIENCE)


@nox.session(python=CORES[LATEST])
def molecule(session: nox.Session) -> None:
    """The role and its playbooks on hosts with a systemd; as root, with Podman. `-- NAME...` runs these scenarios."""
    install(session, "molecule", MATRIX["core"][LATEST]["python"])
    with collection(session) as env:
        hosts = ["python", "-m", "containers"]
        said = session.run(*hosts, "prepare", env=env, silent=True, success_codes=[0, UNAVAILABLE], **PATIENCE)
        if said.strip():
            session.skip(said.strip())
        if not session.posargs:
            session.run("pytest", "tests/containers", env={**env, "NOX_PYTHON": sys.executable}, **PATIENCE)
        session.run(*hosts, "test", *session.posargs, env=env, **PATIENCE)


@nox.session(python=CORES[NEWEST])
def bench_smoke(session: nox.Session) -> None:
    """The benchmark in its smallest form, so that it can't break unnoticed."""
    run_bench(session, "--smoke")


@nox.session(python=CORES[NEWEST], default=False)
def bench(session: nox.Session) -> None:
    """Speed and number of requests; `-- --write-docs` puts the figures into the guide."""
    # with it comes containers.podman, by which the role reaches its hosts
    install(session, "molecule", MATRIX["core"][NEWEST]["python"])
    run_bench(session, *session.posargs)


def run_bench(session: nox.Session, *arguments: str) -> None:
    install_core(session, NEWEST)
    # in the work tree itself, whose guide it may write
    session.run("python", "tests/bench/run.py", *arguments, env={"PYTHONPATH": str(ROOT / "tests")}, **PATIENCE)


@nox.session(python=CORES[NEWEST], default=False)
def soak(session: nox.Session) -> None:
    """The long forms of the tests that have one, on every Syncthing; that takes hours."""
    install_core(session, NEWEST)
    with collection(session) as env:
        arguments = session.posargs or ["tests/integration"]
        env["SYNCTHING_TEST_SOAK"] = "1"
        session.run("pytest", "-n", "2", "-m", "soaked or outer_versions", *arguments, env=env, **PATIENCE)


@nox.session(python=CORES[LATEST], default=False)
def mutants(session: nox.Session) -> None:
    """What no unit test would notice if it were broken."""
    install(session, "mutants", MATRIX["core"][LATEST]["python"])
    with collection(session) as env:
        session.run("python", "tests/tools/mutants.py", env["ANSIBLE_COLLECTIONS_PATH"], **PATIENCE)


@nox.session(name="format", python=TOOLS, default=False)
def format_(session: nox.Session) -> None:
    """Format the Python sources, and write what the documentation repeats, in place."""
    install_tools(session)
    session.run("python", "-m", "tools.generated_docs", env={"PYTHONPATH": str(ROOT / "tests")})
    session.run("ruff", "check", "--fix-only")
    session.run("ruff", "format")


@nox.session(python=TOOLS, default=False)
def pins(session: nox.Session) -> None:
    """Pin another release of Syncthing for the tests: `-- 2.1.7`; needs the internet."""
    session.run("python", ROOT / "tests/tools/pins.py", *session.posargs)


@nox.session(python=False, default=False)
def lock(session: nox.Session) -> None:
    """Make tests/requirements/*.txt again from *.in and the matrix; `-- --upgrade` takes newer versions."""

    def compile_(name: str, sources: list[str], pythons: list[str], pin: str = "") -> None:
        oldest = min(pythons, key=lambda version: tuple(map(int, version.split("."))))
        options = ["--quiet", "--universal", "--python-version", oldest, "--custom-compile-command", "nox -s lock"]
        command = [find_uv_bin(), "pip", "compile", *options, "--output-file", f"{name}.txt", *session.posargs]
        subprocess.run([*command, *sources], input=pin, text=True, cwd=REQUIREMENTS, check=True)

    compile_("nox", ["nox.in"], ["3.10"])
    compile_("tools", ["tools.in"], MATRIX["tools"]["python"])
    for core, entry in {**MATRIX["core"], **MATRIX["preview"]}.items():
        compile_(f"core-{core}", ["-", "test.in"], entry["python"], f"ansible-core=={entry['version']}")
    latest = MATRIX["core"][LATEST]
    compile_("molecule", ["-", "molecule.in"], latest["python"], f"ansible-core=={latest['version']}")
    compile_("mutants", ["-", "mutants.in", "test.in"], latest["python"], f"ansible-core=={latest['version']}")
    # a Python that both ansible-rulebook and this ansible-core run on
    rulebook = MATRIX["core"]["2.19"]
    compile_("rulebook", ["-", "rulebook.in", "test.in"], rulebook["python"], f"ansible-core=={rulebook['version']}")
    for managed in MATRIX["managed"]:
        compile_(f"managed-{managed}", [f"managed-{managed}.in"], [managed])
