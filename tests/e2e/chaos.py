#!/usr/bin/env python3
"""A bad network between onair and its store, and a reader that looks at what is public. See chaos.sh."""

import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import show

STORE = urllib.parse.urlparse(os.environ["AWS_ENDPOINT_URL_S3"])
ONAIR = os.environ["ONAIR"]
SEED = int(os.environ.get("SEED", random.randrange(2**32)))
FAULTS = ["none", "none", "none", "delay", "drop", "reset", "cut answer", "cut request", "slow"]


class Proxy:
    """Hands bytes on in both directions, each connection with a fate of its own."""

    def __init__(self, rare):
        self.rare, self.fates, self.calm = rare, {}, False
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            fate = "none" if self.calm else self.rare.choice(FAULTS)
            # Where it strikes: in a head, in a page, in audio.
            after = self.rare.choice([0, 100, 2_000, 50_000, 1_000_000])
            self.fates[fate] = self.fates.get(fate, 0) + 1
            threading.Thread(target=self.serve, args=(client, fate, after), daemon=True).start()

    def serve(self, client, fate, after):
        if fate == "drop":
            client.close()
            return
        if fate == "delay":
            time.sleep(self.rare.uniform(0.2, 3))
        try:
            store = socket.create_connection((STORE.hostname, STORE.port))
        except OSError:
            client.close()
            return
        both = [client, store]
        limits = {"reset": (after, after), "cut answer": (None, after), "cut request": (after, None)}
        up, down = limits.get(fate, (None, None))
        ends = [
            threading.Thread(target=self.pump, args=(client, store, both, up, fate), daemon=True),
            threading.Thread(target=self.pump, args=(store, client, both, down, fate), daemon=True),
        ]
        for end in ends:
            end.start()

    def pump(self, source, sink, both, limit, fate):
        passed = 0
        try:
            while piece := source.recv(16_384):
                if fate == "slow":
                    time.sleep(0.005)
                if limit is not None and passed + len(piece) > limit:
                    sink.sendall(piece[: limit - passed])
                    break
                sink.sendall(piece)
                passed += len(piece)
            else:
                sink.shutdown(socket.SHUT_WR)
                return
        except OSError:
            pass
        for end in both:
            # The other direction may have ended both already.
            try:
                if fate == "reset":
                    # A segment with RST in place of a tidy end; whoever reads here is woken all the same.
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RD)
                else:
                    end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


class Reader(threading.Thread):
    """Asks the store itself, again and again, whether what is public is true."""

    def __init__(self):
        super().__init__(daemon=True)
        self.looks, self.heads, self.broken, self.done = 0, 0, [], False

    def run(self):
        while not self.done:
            try:
                self.heads += show.look("show", "pod")
                self.looks += 1
            except subprocess.CalledProcessError as error:
                # The server itself; no promise of onair's.
                print("the reader cannot ask:", error.stderr.decode().strip(), file=sys.stderr)
            except Exception as error:
                # Half a feed, say, is as bad as an enclosure that is not there.
                self.broken.append(f"{time.strftime('%H:%M:%S')} {error!r}")
            time.sleep(0.2)


def main(minutes):
    rare = random.Random(SEED)
    proxy = Proxy(random.Random(SEED + 1))
    work = pathlib.Path(tempfile.mkdtemp())
    folder = work / "show"
    show.make(folder, 3, 2)
    environment = {
        **os.environ, "AWS_ENDPOINT_URL_S3": proxy.url, "AWS_EC2_METADATA_DISABLED": "true",
        "ONAIR_ONLY_LOOPBACK": "1", "HOME": str(work), "XDG_STATE_HOME": str(work / "state"),
    }
    # What is read of `look` goes to nobody.
    show.print = lambda *_: None
    reader = Reader()
    reader.start()
    command = [ONAIR, "release", "--show", str(folder), "--target", "s3://show/pod", "--quiet"]
    ends, kills, episodes = {}, 0, 3
    until = time.time() + minutes * 60
    while time.time() < until:
        if rare.random() < 0.4 and episodes < 30:
            show.add(folder, 2)
            episodes += 1
        else:
            show.edit(folder, rare.randint(1, episodes), f"word {rare.random()}")
        with open(work / "said", "ab") as said:
            run = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            run.wait(timeout=rare.uniform(0.1, 8) if rare.random() < 0.4 else 300)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            kills += 1
        code = run.wait()
        ends[code] = ends.get(code, 0) + 1
        assert code in (0, 3, 4, -signal.SIGKILL), (work / "said").read_text()[-2000:]
    # On a quiet network the same command finishes what was begun.
    proxy.calm = True
    environment["ONAIR_WAIT"] = "5m"
    last = subprocess.run(command, env=environment, capture_output=True, text=True)
    reader.done = True
    reader.join()
    del show.print
    show.look("show", "pod")
    again = subprocess.run([*command[:-1]], env=environment, capture_output=True, text=True)
    shutil.rmtree(work)
    print(f"seed {SEED}: {sum(ends.values())} releases (exit codes {dict(sorted(ends.items()))}), {kills} killed")
    print(f"connections: {dict(sorted(proxy.fates.items()))}")
    print(f"{reader.looks} polls of the feed, {reader.heads} HEADs of enclosures, {len(reader.broken)} promises broken")
    print("\n".join(reader.broken[:20]))
    assert reader.heads > 0, "nobody looked"
    assert last.returncode == 0, last.stderr
    assert "Nothing to do" in again.stdout, again.stdout
    sys.exit(1 if reader.broken else 0)


main(float(sys.argv[1]))
