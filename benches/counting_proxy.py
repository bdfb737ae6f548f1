#!/usr/bin/env python3
"""Passes HTTP requests on to a server and counts them.

    counting_proxy.py http://HOST:PORT FILE

Writes its own address into the first line of FILE, and after each request the number so far into the last.
The Host header is left as it is: the server must not look at it, or signatures fail.
"""

import asyncio
import sys
import urllib.parse

server = urllib.parse.urlsplit(sys.argv[1])
count = 0


async def head_of(reader):
    """A message's head; nothing at the end."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None


def headers_of(head):
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}


async def body(reader, writer, headers, is_answer, bodyless):
    if bodyless:
        return
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while True:
            line = await reader.readuntil(b"\r\n")
            writer.write(line)
            size = int(line.split(b";")[0], 16)
            writer.write(await reader.readexactly(size + 2))
            await writer.drain()
            if size == 0:
                return
    left = int(headers.get("content-length", 0))
    while left:
        data = await reader.read(min(left, 1 << 20))
        if not data:
            raise ConnectionError
        left -= len(data)
        writer.write(data)
        await writer.drain()


async def answer(from_server, to_client, method):
    while head := await head_of(from_server):
        to_client.write(head)
        status = int(head.split()[1])
        if status == 100:
            await to_client.drain()
            continue
        bodyless = method == b"HEAD" or status in (204, 304)
        await body(from_server, to_client, headers_of(head), True, bodyless)
        await to_client.drain()
        return
    raise ConnectionError


async def serve(from_client, to_client):
    global count
    try:
        from_server, to_server = await asyncio.open_connection(server.hostname, server.port)
        while head := await head_of(from_client):
            count += 1
            with open(sys.argv[2], "a") as file:
                file.write(f"{count}\n")
            method = head.split()[0]
            to_server.write(head)
            sending = asyncio.create_task(body(from_client, to_server, headers_of(head), False, False))
            await answer(from_server, to_client, method)
            await sending
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        to_client.close()


async def main():
    listener = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    with open(sys.argv[2], "w") as file:
        file.write(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}\n0\n")
    async with listener:
        await listener.serve_forever()


asyncio.run(main())
