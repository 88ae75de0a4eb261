"""python -m payments.processor --port 0 --books FILE: prints its port on the first line and serves until killed."""

import argparse
import sys

from payments.processor.books import Books
from payments.processor.events import Postman
from payments.processor.http import Processor


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m payments.processor", description=__doc__)
    reader.add_argument("--port", type=int, default=0, help="0 takes a free one")
    reader.add_argument("--books", required=True, help="the SQLite file of its books")
    reader.add_argument("--webhook-url", default="", help="where events are brought to")
    reader.add_argument("--webhook-secret", default="whsec_test", help="what they are signed with")
    reader.add_argument("--ignore-keys", action="store_true", help="take the same key twice for two requests")
    asked = reader.parse_args()
    books = Books(asked.books)
    postman = Postman(asked.webhook_url, asked.webhook_secret, place=books.newest_place())
    processor = Processor(asked.port, books, postman, ignores_keys=asked.ignore_keys)
    sys.stdout.write(f"{processor.server_port}\n")
    sys.stdout.flush()
    processor.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
