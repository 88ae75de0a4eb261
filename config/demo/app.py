"""The customers' own app beside the demo, at an address of its own: its page includes the script of docs/in-app.md.

It stands for somebody else's program, so that it knows nothing of the desk but a secret, an address and its customers.
"""

import argparse
import hashlib
import hmac
import json
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import environ
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Fleet monitor</title>
<meta name="viewport" content="width=device-width">
<style>
  body {{ margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1e293b; background: #f1f5f9; }}
  header {{ padding: 16px 24px; color: #fff; background: #1e293b; }}
  main {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 16px; padding: 24px; }}
  h1, nav, p.all {{ grid-column: 1 / -1; margin: 0; }}
  section {{ padding: 16px; border-radius: 8px; background: #fff; }}
  section p {{ margin: 0; font-size: 28px; }}
  nav a {{ margin-right: 16px; color: #2f686d; }}
</style></head><body><header>Fleet monitor, an app of Nordlicht Instruments (demo)</header><main>
<h1>{name}</h1><nav aria-label="Customers to be signed in as">{others}</nav><p class="all">{says}</p>
<section><h2>Sensors</h2><p>42</p></section><section><h2>On line</h2><p>41</p></section>
<section><h2>Alarms today</h2><p>0</p></section>
</main><script src="{desk}/static/in_app/notices.js" data-token="{token}" defer></script></body></html>"""
NOBODY = "Nobody's app has a notice just now: the next ones come with the days."
SIGNED_IN = "You are signed in as this customer. What the billing desk has to say to them stands on this page."


def command(around: Mapping[str, str], desk: str, data: Path) -> list[str]:
    """Starts it where the desk expects it."""
    port = urlsplit(around["IN_APP_ORIGINS"]).port
    return [sys.executable, "-m", "config.demo.app", f"--port={port}", f"--desk={desk}", f"--data={data}"]


def token_for(number: str, secret: str) -> str:
    """As docs/in-app.md says: good for ten minutes."""
    told = f"v1.{urlsafe_b64encode(number.encode()).rstrip(b'=').decode()}.{int(time.time()) + 600}"
    return f"{told}.{hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()}"


class App(BaseHTTPRequestHandler):
    """Shows one page, to whichever customer is asked for."""

    desk: ClassVar[str]
    data: ClassVar[Path]
    secret: ClassVar[str]

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/":
            self._show(self._page(parse_qs(address.query).get("customer", [""])[0]))
        else:
            self.send_error(404)

    def _page(self, wanted: str) -> bytes:
        known = self._customers()
        number, name = next((one for one in known if one[0] == wanted), known[0] if known else ("", "Fleet monitor"))
        others = "".join(f'<a href="/?customer={escape(other)}">{escape(called)}</a>' for other, called in known)
        told = {"name": escape(name), "others": others, "says": SIGNED_IN if known else NOBODY, "desk": self.desk}
        return PAGE.format(**told, token=token_for(number, self.secret)).encode()

    def _show(self, page: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _customers(self) -> list[tuple[str, str]]:
        mark = self.data / "demo.json"
        told = json.loads(mark.read_text()).get("in_app", ()) if mark.exists() else ()
        return [(number, name) for number, name in told]

    def log_message(self, *_said: Any) -> None:
        """The desk keeps the log."""


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo's stand-in for the app that its customers use.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--desk", required=True)
    parser.add_argument("--data", type=Path, required=True)
    told = parser.parse_args()
    App.desk, App.data, App.secret = told.desk, told.data, environ["IN_APP_SECRET"]
    ThreadingHTTPServer(("127.0.0.1", told.port), App).serve_forever()


if __name__ == "__main__":
    main()
