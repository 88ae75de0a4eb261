#!/usr/bin/env python
"""The desk's command line: `manage.py demo` shows everything, `manage.py run` is for real use."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        from config.demo import surroundings

        surroundings.take_on(sys.argv[2:])
        surroundings.make_haste()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        sys.exit(f"The desk does not start: {refusal}")


if __name__ == "__main__":
    main()
