#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Notifications a second and time from decision to receipt, beside Debian's Alertmanager in the same run.

Both take one event per POST from the same client and post a webhook for each to the same receiver (plain HTTP on
loopback, a process of its own, answers at once). Alertmanager: group by '...', group_wait 0s, group_interval 1s; it
keeps nothing on disk before it sends. Forewarn: an `every_record` rule opens a signal for each record; record, signal
and delivery are on disk before anything is sent, and the receipt after it.

    bench/alertmanager.py build/release/bin/forewarnd [--alertmanager FILE] [--burst 2000] [--samples 1000] [--rate 50]
                          [--webhooks 200] [--json FILE]

Without Alertmanager (apt-get install prometheus-alertmanager) it says so and measures Forewarn alone.
"""
import argparse
import asyncio
import http.client
import json
import multiprocessing
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from latency import free_port, percentile, wait_until_ready, write_configuration

SAMPLE = re.compile(rb"sample-(\d+)-")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
CONNECTIONS = 16


class Counting(asyncio.Protocol):
    """Answers each request when all of it is there, and notes which sample it was about, and when."""

    def __init__(self, arrivals):
        self.arrivals, self.buffer = arrivals, b""

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            at = time.monotonic()
            found = SAMPLE.search(self.buffer, end + 4, end + 4 + length)
            self.buffer = self.buffer[end + 4 + length:]
            self.transport.write(ANSWER)
            if found:
                self.arrivals.append((int(found.group(1)), at))


def receive(door, pipe):
    """The receiver's process: b'count' answers how many arrived, b'take' gives them all and begins anew."""
    arrivals = []

    async def serve():
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: Counting(arrivals), sock=door, backlog=1024)

        def asked():
            if pipe.recv() == "count":
                pipe.send(len(arrivals))
            else:
                pipe.send(list(arrivals))
                arrivals.clear()
        loop.add_reader(pipe.fileno(), asked)
        await asyncio.Event().wait()

    asyncio.run(serve())


class Receiver:
    def __init__(self):
        door = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = door.getsockname()[1]
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=receive, args=(door, theirs), daemon=True)
        self.process.start()
        door.close()

    def ask(self, what):
        self.pipe.send(what)
        return self.pipe.recv()

    def wait_for(self, count, seconds):
        end = time.monotonic() + seconds
        while self.ask("count") < count and time.monotonic() < end:
            time.sleep(0.02)
        return self.ask("take")


class Forewarn:
    name = "Forewarn"

    def __init__(self, program, folder, receiver, webhooks):
        self.port = free_port()
        channels = "".join(f"      - {{name: hook-{i}, webhook: {{url: 'http://127.0.0.1:{receiver}/{i}', "
                           f"secret_file: secrets/webhook, private_address: true}}}}\n" for i in range(webhooks))
        config = write_configuration(folder, self.port, channels, "log_level: error\nall_well_at: \n")
        self.process = subprocess.Popen([program, "--config", str(config)])
        wait_until_ready(self.port, self.process)

    def post(self, connection, sample):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        connection.request("POST", "/v1/feeds/bench/records",
                           json.dumps([{"id": f"sample-{sample}-", "at": at, "drugs": "heroin"}]),
                           {"Content-Type": "application/json", "Authorization": "Bearer bench-token"})


class Alertmanager:
    name = "Alertmanager"

    def __init__(self, program, folder, receiver, webhooks):
        self.port = free_port()
        hooks = "".join(f"  - {{url: 'http://127.0.0.1:{receiver}/{i}', send_resolved: false}}\n"
                        for i in range(webhooks))
        Path(f"{folder}/alertmanager.yml").write_text(
            "route: {receiver: bench, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}\n"
            f"receivers:\n- name: bench\n  webhook_configs:\n{hooks}")
        self.process = subprocess.Popen(
            [program, f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address=", "--log.level=error"])
        wait_until_ready(self.port, self.process)

    def post(self, connection, sample):
        connection.request("POST", "/api/v2/alerts",
                           json.dumps([{"labels": {"alertname": "bench", "sample": f"sample-{sample}-"}}]),
                           {"Content-Type": "application/json"})


def connected(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send(target, connection, sample):
    while True:
        target.post(connection, sample)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status == 200:
            return
        if answer.status != 429:
            sys.exit(f"bench/alertmanager.py: {target.name} answered {answer.status}: {text[:300]!r}")
        time.sleep(0.01)


def burst(target, receiver, count, webhooks):
    """Notifications a second from the first POST to the last receipt."""
    def some(first):
        connection = connected(target.port)
        for sample in range(first, count, CONNECTIONS):
            send(target, connection, sample)
    threads = [threading.Thread(target=some, args=(i,)) for i in range(min(CONNECTIONS, count))]
    begun = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    posted = time.monotonic() - begun
    arrivals = receiver.wait_for(count * webhooks, 300)
    last = max((at for _, at in arrivals), default=begun)
    return {"notifications": len(arrivals), "expected": count * webhooks, "posted_s": posted, "all_s": last - begun,
            "per_second": len(arrivals) / max(last - begun, 1e-9)}


def paced(target, receiver, count, rate, first):
    """Milliseconds from POST to the (last) receipt of each."""
    connection = connected(target.port)
    sent = {}
    begun = time.monotonic()
    for index in range(count):
        delay = begun + index / rate - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        sent[first + index] = time.monotonic()
        send(target, connection, first + index)
    took = [1000 * (at - sent[sample]) for sample, at in receiver.wait_for(count, 60) if sample in sent]
    return {"samples": len(took), "lost": count - len(took), "p50_ms": percentile(took, 0.5),
            "p99_ms": percentile(took, 0.99), "max_ms": max(took)}


def measure(kind, program, given):
    figures = {}
    for webhooks, count in ((1, given.burst), (given.webhooks, max(1, given.burst // given.webhooks))):
        with tempfile.TemporaryDirectory(prefix="forewarn-bench-") as folder:
            receiver = Receiver()
            target = kind(program, folder, receiver.port, webhooks)
            try:
                if webhooks == 1:
                    figures["latency"] = paced(target, receiver, given.samples, given.rate, 10_000_000)
                figures[f"burst_{webhooks}"] = burst(target, receiver, count, webhooks)
            finally:
                target.process.terminate()
                target.process.wait(60)
                receiver.process.terminate()
    return figures


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("forewarnd")
    arguments.add_argument("--alertmanager", default=shutil.which("prometheus-alertmanager"))
    arguments.add_argument("--burst", type=int, default=2000, help="notifications of a burst to one webhook")
    arguments.add_argument("--samples", type=int, default=1000)
    arguments.add_argument("--rate", type=float, default=50)
    arguments.add_argument("--webhooks", type=int, default=200)
    arguments.add_argument("--json", help="write the figures to this file as well")
    given = arguments.parse_args()

    figures = {}
    if given.alertmanager:
        figures["Alertmanager"] = measure(Alertmanager, given.alertmanager, given)
    else:
        print("bench/alertmanager.py: no prometheus-alertmanager here (apt-get install it, or --alertmanager FILE): "
              "Forewarn is measured alone")
    figures["Forewarn"] = measure(Forewarn, given.forewarnd, given)
    many = f"burst_{given.webhooks}"
    print(f"{'':14} {'p50 ms':>8} {'p99 ms':>8} {'to one/s':>10} {'to ' + str(given.webhooks) + '/s':>10}")
    for name, row in figures.items():
        print(f"{name:14} {row['latency']['p50_ms']:8.2f} {row['latency']['p99_ms']:8.2f} "
              f"{row['burst_1']['per_second']:10.0f} {row[many]['per_second']:10.0f}")
    if "Alertmanager" in figures:
        a, f = figures["Alertmanager"], figures["Forewarn"]
        print(f"{'ratio':14} {f['latency']['p50_ms'] / a['latency']['p50_ms']:8.2f} "
              f"{f['latency']['p99_ms'] / a['latency']['p99_ms']:8.2f} "
              f"{f['burst_1']['per_second'] / a['burst_1']['per_second']:10.2f} "
              f"{f[many]['per_second'] / a[many]['per_second']:10.2f}")
    if given.json:
        Path(given.json).write_text(json.dumps(figures, indent=1) + "\n")
    lost = sum(row["latency"]["lost"] for row in figures.values()) + sum(
        row[key]["expected"] - row[key]["notifications"] for row in figures.values() for key in ("burst_1", many))
    if lost:
        print(f"bench/alertmanager.py: {lost} notifications did not arrive")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
