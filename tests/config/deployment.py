"""What stands in config/deployment/, as tests read it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "config" / "deployment"
UNITS = sorted(
    path for path in FOLDER.iterdir() if path.suffix in (".service", ".socket", ".target")
)


class Unit(dict[str, dict[str, list[str]]]):
    """Sections of a systemd unit, in which a key may occur several times."""

    def __init__(self, name: str) -> None:
        super().__init__()
        section = ""
        for line in (FOLDER / name).read_text().splitlines():
            if line.startswith("["):
                section = line.strip("[]")
                self[section] = {}
            elif line and not line.startswith("#"):
                key, _, value = line.partition("=")
                self[section].setdefault(key, []).append(value)

    def only(self, key: str, section: str = "Service") -> str:
        """The value of a key that occurs once."""
        (value,) = self[section][key]
        return value
