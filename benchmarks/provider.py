"""A fake mail provider on loopback that keeps the true history: a line per mail it took, before it says so.

`python -m benchmarks.provider PORT HISTORY [--drop PERCENT]`; it ends with the process that started it.
"""

import argparse
import asyncio
import os
import re
import signal
from pathlib import Path

_KEY = re.compile(rb"^Message-ID: <([0-9a-f]{32})", re.MULTILINE | re.IGNORECASE)


class Provider:
    """Takes every mail. After `drop` in a hundred, chosen by key, it hangs up without a word."""

    def __init__(self, history: Path, drop: int) -> None:
        self.history = os.open(history, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.drop = drop
        self.taken = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it ends."""
        try:
            writer.write(b"220 provider\r\n")
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    if not self.take(await _body(reader)):
                        return
                    writer.write(b"250 taken\r\n")
                elif verb == b"EHLO":
                    writer.write(b"250-provider\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                else:
                    writer.write(b"250 OK\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def take(self, body: bytes) -> bool:
        """Note the mail; False when the line is to be cut now."""
        found = _KEY.search(body)
        key = found[1].decode() if found else "no-key"
        os.write(self.history, f"{key}\n".encode())
        self.taken += 1
        return not (self.drop and int(key[:8], 16) % 100 < self.drop)


async def _body(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n.\r\n")


async def _main(port: int, history: Path, drop: int) -> None:
    provider = Provider(history, drop)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", port, limit=2**22)
    parent = os.getppid()
    async with server:
        while os.getppid() == parent:
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("history", type=Path)
    parser.add_argument("--drop", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(_main(given.port, given.history, given.drop))
