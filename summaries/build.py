"""Which program is running: another one may show the same figures differently."""

from functools import cache
from hashlib import sha256

from django.conf import settings

FOLDERS = ("config", "curtailment", "mining", "summaries", "templates")
# The versions of the libraries that render pages and charts.
LOCK_FILE = "requirements.txt"


@cache
def build_id() -> str:
    """A digest of code, templates, static files and locked dependencies; no git is needed."""
    digest = sha256()
    files = [path for folder in FOLDERS for path in (settings.BASE_DIR / folder).rglob("*")]
    for path in sorted([*files, settings.BASE_DIR / LOCK_FILE]):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(settings.BASE_DIR)}\0".encode())
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()
