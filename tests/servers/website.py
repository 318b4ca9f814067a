"""A website to test against, over loopback: it answers as told, breaks as told, and notes what it was asked."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate

Headers = dict[str, str]
Writer = asyncio.StreamWriter
BOMB = gzip.compress(bytes(50_000_000))  # 49 KB that unpack to 50 MB


@dataclass
class Asked:
    path: str
    headers: Headers


@dataclass
class Website:
    """`pages`: path -> what is sent, byte for byte, or what sends it. Its state is open to the test."""

    pages: dict[str, bytes | Callable[[Writer], Awaitable[None]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    port: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            lines = (line.partition(":") for line in head[1:] if line)
            self.asked.append(Asked(path, {name.lower(): value.strip() for name, _, value in lines}))
            self.at.append(asyncio.get_running_loop().time())
            page = self.pages.get(path, answer(404))
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client had enough
        finally:
            writer.close()


@asynccontextmanager
async def website() -> AsyncIterator[Website]:
    site = Website()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


def answer(status: int = 200, body: bytes = b"", *, length: int | None = None, **headers: str) -> bytes:
    """An answer; `content_type="text/html"` stands for its header's name, `length` for a Content-Length that lies."""
    told = {"Content-Length": str(len(body) if length is None else length), "Date": formatdate(usegmt=True)}
    told |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Told\r\n{lines}Connection: close\r\n\r\n".encode() + body


def redirect(status: int, to: str) -> bytes:
    return answer(status, location=to)


async def endless(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<rss>")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def drip(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silence(_writer: Writer) -> None:
    await asyncio.sleep(5)


async def slow_head(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        writer.write(b"X-%d: y\r\n" % number)
        await writer.drain()
        await asyncio.sleep(0.02)
