#!/usr/bin/env python
"""Runs Windfall's management commands."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.cli import run

    run(sys.argv)


if __name__ == "__main__":
    main()
