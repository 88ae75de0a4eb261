"""A mail server that takes everything and keeps nothing: `python -m config.benchmark.sink`."""

import asyncio
from collections.abc import Iterator

REPLIES = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
END_OF_LINE, END_OF_LETTER = b"\r\n", b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection. Commands that came together are answered together, as mail servers do (RFC 2920)."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.unread = b""
        self.end = END_OF_LINE

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.unread += data
        self.transport.write(b"".join(self._replies()))

    def _replies(self) -> Iterator[bytes]:
        while self.end in self.unread:
            read, _, self.unread = self.unread.partition(self.end)
            verb = b"LETTER" if self.end is END_OF_LETTER else read[:4].upper()
            self.end = END_OF_LETTER if verb == b"DATA" else END_OF_LINE
            yield REPLIES.get(verb, b"250 sink\r\n")


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads the port
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
