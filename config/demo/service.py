"""The service beside the demo, which is told whom to restrict: it answers as real ones do, and restricts nobody.

Of the events it hears it takes most, refuses some once because it is being restarted, and a few for good.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

UNKNOWN, RESTARTING = 4, 2  # every fourth event is about nobody it knows, every second one comes at a bad moment


def command(around: Mapping[str, str]) -> list[str]:
    """Starts it where the desk looks for it."""
    return [sys.executable, "-m", "config.demo.service", f"--port={urlsplit(around['SERVICE_WEBHOOK_URL']).port}"]


class Service(BaseHTTPRequestHandler):
    """Answers one event at a time."""

    refused: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        status, words = self._answer(event)
        self.send_response(status)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def _answer(self, event: dict[str, Any]) -> tuple[int, bytes]:
        if event["number"] % UNKNOWN == 0:
            return 404, b"There is no account with this customer number."
        if event["number"] % RESTARTING == 0 and event["id"] not in self.refused:
            self.refused.add(event["id"])
            return 503, b"Being restarted, try again in a minute."
        return 200, b"Done."

    def log_message(self, *_said: Any) -> None:
        """The desk keeps the log."""


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo's stand-in for the service that a campaign restricts.")
    parser.add_argument("--port", type=int, required=True)
    HTTPServer(("127.0.0.1", parser.parse_args().port), Service).serve_forever()


if __name__ == "__main__":
    main()
