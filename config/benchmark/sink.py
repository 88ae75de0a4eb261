"""A mail server that takes everything and keeps nothing but a count: `python -m config.benchmark.sink`."""

import asyncio


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 taken\r\n")
        elif verb == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        else:
            writer.write(b"250-sink\r\n250 PIPELINING\r\n" if verb == b"EHLO" else b"250 sink\r\n")
    writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_converse, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads the port
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
