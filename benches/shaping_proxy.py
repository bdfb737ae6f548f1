#!/usr/bin/env python3
"""A longer way to a server: passes connections on, with latency and a bandwidth that they share.

    shaping_proxy.py http://HOST:PORT FILE LATENCY MBIT

LATENCY is that of a round trip in milliseconds; MBIT is what the line carries in a second in each direction,
0 for as much as it can. Writes its own address into FILE. A connection takes a round trip to be made, and has
at most a window of bytes on its way, as a kernel's would; how a window opens is left out.
"""

import asyncio
import collections
import sys
import urllib.parse

server = urllib.parse.urlsplit(sys.argv[1])
one_way = float(sys.argv[3]) / 2000
bytes_a_second = float(sys.argv[4]) * 125_000
WINDOW = 4 << 20
PIECE = 1 << 16


class Line:
    """One direction: what is put on it takes its time, one after the other."""

    def __init__(self):
        self.free = 0.0

    def arrival(self, size):
        now = asyncio.get_running_loop().time()
        self.free = max(now, self.free)
        if bytes_a_second:
            self.free += size / bytes_a_second
        return self.free + one_way


async def carry(reader, writer, line):
    loop = asyncio.get_running_loop()
    on_the_way, size, changed = collections.deque(), 0, asyncio.Event()

    async def arrive():
        nonlocal size
        while True:
            while not on_the_way:
                changed.clear()
                await changed.wait()
            at, data = on_the_way[0]
            if (wait := at - loop.time()) > 0:
                await asyncio.sleep(wait)
            on_the_way.popleft()
            size -= len(data or b"")
            changed.set()
            if data is None:
                return
            writer.write(data)
            await writer.drain()

    arriving = asyncio.create_task(arrive())
    try:
        while True:
            data = await reader.read(PIECE)
            on_the_way.append((line.arrival(len(data)), data or None))
            size += len(data)
            changed.set()
            if not data:
                break
            while size > WINDOW and not arriving.done():
                changed.clear()
                await changed.wait()
        await arriving
        writer.write_eof()
    finally:
        arriving.cancel()


async def main():
    there, back = Line(), Line()

    async def serve(from_client, to_client):
        to_server = None
        try:
            await asyncio.sleep(2 * one_way)
            from_server, to_server = await asyncio.open_connection(
                server.hostname, server.port, limit=PIECE)
            await asyncio.gather(
                carry(from_client, to_server, there), carry(from_server, to_client, back))
        except OSError:
            pass
        finally:
            to_client.close()
            if to_server:
                to_server.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, limit=PIECE)
    with open(sys.argv[2], "w") as file:
        file.write(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}\n")
    async with listener:
        await listener.serve_forever()


asyncio.run(main())
