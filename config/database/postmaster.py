"""What `postmaster.pid` says of a server, and whether that is still true."""

import subprocess
from pathlib import Path

PID_LINE, STATUS_LINE = 0, 7


def status(data_dir: Path) -> str | None:
    """How far the server is: starting, ready, stopping; None if it does not say."""
    lines = _lines(data_dir)
    return lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else None


def discard_if_stale(data_dir: Path) -> None:
    """Removes the file if its process id now belongs to something else, as after a reboot.

    PostgreSQL would refuse to start for ever. Everything else it judges better by itself.
    """
    pid_file = data_dir / "postmaster.pid"
    if not pid_file.exists():
        return
    # Torn, as after a power cut, if there is no number.
    pid = (_lines(data_dir) or [""])[PID_LINE].strip()
    if not pid.isdigit() or _is_other_program(int(pid), data_dir):
        pid_file.unlink(missing_ok=True)


def _lines(data_dir: Path) -> list[str]:
    try:
        return (data_dir / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _is_other_program(pid: int, data_dir: Path) -> bool:
    """Whether the process exists (be it dead and not yet buried) and is no server of `data_dir`."""
    try:
        command_line = Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape")
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        # No such process, or no /proc, as on macOS.
        shown = subprocess.run(  # noqa: S603
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return bool(shown.stdout.strip()) and str(data_dir) not in shown.stdout
    return str(data_dir) not in command_line
