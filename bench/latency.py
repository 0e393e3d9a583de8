#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From POST of one record to receipt of the signed webhook: p50 and p99, beside the same bytes sent with no daemon.

The daemon takes one record per POST (50 a second), an `every_record` rule opens a signal for each, and on-call's
webhook receiver (TLS on loopback, keep-alive) notes when the whole signed request is there. The baseline posts a
body of the same size straight to the same receiver after writing and syncing it to a file: what the wire and the disk
alone cost in the same run.

    bench/latency.py build/release/bin/forewarnd [--samples 5000] [--rate 50] [--json FILE]
"""
import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SECRET = b"bench-signing-secret-0123456789abcdef"


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificates(folder):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "60", "-subj",
            "/CN=bench CA", "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.csr")
    Path(f"{folder}/extra").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", f"{folder}/server.csr", "-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key",
            "-CAcreateserial", "-days", "60", "-extfile", f"{folder}/extra", "-out", f"{folder}/server.pem")


class Receiver:
    """Answers 200 at once and keeps (arrival, headers, body) of every request."""

    def __init__(self, folder):
        self.arrivals = []
        self.connections = 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.context = context
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            plain, _ = self.listener.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        try:
            stream = self.context.wrap_socket(plain, server_side=True).makefile("rwb")
        except OSError:
            return
        self.connections += 1
        while stream.readline():
            headers = {}
            while (line := stream.readline().strip()):
                name, _, value = line.partition(b":")
                headers[name.strip().lower().decode()] = value.strip().decode()
            body = stream.read(int(headers.get("content-length", "0")))
            self.arrivals.append((time.perf_counter(), headers, body))
            stream.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            stream.flush()

    def wait_for(self, count, seconds):
        end = time.monotonic() + seconds
        while len(self.arrivals) < count and time.monotonic() < end:
            time.sleep(0.01)


def verified(headers, body):
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split()


def write_configuration(folder, port, channels, settings="log_level: warning\n"):
    """A feed that takes pushed records and a rule that opens a signal for each; on-call hears by these channels."""
    config = Path(folder) / "config"
    for name in ("vocabulary", "areas", "templates"):
        shutil.copytree(PROJECT / "etc" / name, config / name)
    for name in ("feeds.d", "rules.d", "services.d", "secrets"):
        (config / name).mkdir()
    (config / "forewarn.yaml").write_text(
        f"state_dir: {folder}/state\ninbox_dir: {folder}/state/inbox\nlisten_port: {port}\n{settings}")
    (config / "secrets/token").write_text("bench-token\n")
    (config / "secrets/webhook").write_text("whsec_" + base64.b64encode(SECRET).decode() + "\n")
    (config / "feeds.d/bench.yaml").write_text("""\
version: 1
id: bench
partner: Bench
kind: ambulance
purpose: measuring
lawful_basis: none, synthetic
retention: 30d
fetch:
  push: {token_file: secrets/token}
read:
  json: {}
zone: Europe/London
identity: {id: /id}
map:
  occurred_at: {column: /at, formats: [iso]}
  substances: {column: /drugs, as: text}
attributes:
  sample: /id
""")
    (config / "rules.d/bench.yaml").write_text("""\
version: 1
rules:
  - id: every-record
    title: Every record
    owner: bench
    observe: [ambulance]
    for_each: [attributes.sample]
    detect: {every_record: {}}
    alert: {release: panel}
""")
    (config / "services.d/bench.yaml").write_text(
        "version: 1\nservices:\n  - id: on-call\n    name: On call\n    roles: [on_call, operators, duty_desk]\n"
        f"    channels:\n{channels}")
    return config


def wait_until_ready(port, daemon):
    for _ in range(200):
        if daemon.poll() is not None:
            sys.exit("bench/latency.py: forewarnd ended: see its messages above")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/-/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    sys.exit("bench/latency.py: forewarnd did not become ready within 10 s")


def paced(count, rate):
    start = time.perf_counter()
    for index in range(count):
        delay = start + index / rate - time.perf_counter()
        if delay > 0:
            time.sleep(delay)
        yield index


def through_the_daemon(port, receiver, count, rate):
    sent = {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for index in paced(count, rate):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        body = json.dumps([{"id": f"s{index}", "at": at, "drugs": "heroin"}])
        sent[f"s{index}"] = time.perf_counter()
        connection.request("POST", "/v1/feeds/bench/records", body,
                           {"Content-Type": "application/json", "Authorization": "Bearer bench-token"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200 or json.loads(text).get("accepted") != 1:
            sys.exit(f"bench/latency.py: record {index} was answered {answer.status}: {text[:300]!r}")
    receiver.wait_for(count, 30)
    took, size = {}, 0
    for arrived, headers, body in receiver.arrivals:
        if not verified(headers, body):
            sys.exit("bench/latency.py: a webhook did not verify")
        message = json.loads(body)
        if message["type"] != "signal.opened":
            continue  # a notice to the operator
        sample = message["data"]["series"]["attributes.sample"]
        size = len(body)
        took.setdefault(sample, arrived - sent[sample])
    return list(took.values()), size


def straight_to_the_receiver(folder, receiver, size, count, rate):
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    connection = http.client.HTTPSConnection("localhost", receiver.port, context=context, timeout=10)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = b"x" * size
    took = []
    with open(f"{folder}/baseline", "ab") as file:
        for _ in paced(count, rate):
            begun = time.perf_counter()
            file.write(body)
            file.flush()
            os.fdatasync(file.fileno())
            before = len(receiver.arrivals)
            connection.request("POST", "/hook", body)
            connection.getresponse().read()
            took.append(receiver.arrivals[before][0] - begun)
    return took


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("forewarnd")
    arguments.add_argument("--samples", type=int, default=5000)
    arguments.add_argument("--rate", type=float, default=50)
    arguments.add_argument("--json", help="write the figures to this file as well")
    given = arguments.parse_args()

    with tempfile.TemporaryDirectory(prefix="forewarn-latency-") as folder:
        make_certificates(folder)
        receiver = Receiver(folder)
        port = free_port()
        config = write_configuration(
            folder, port, f"      - webhook: {{url: 'https://localhost:{receiver.port}/hook', secret_file: secrets/webhook, "
            f"ca_file: '{folder}/ca.pem', private_address: true}}\n")
        daemon = subprocess.Popen([given.forewarnd, "--config", str(config)])
        try:
            wait_until_ready(port, daemon)
            took, size = through_the_daemon(port, receiver, given.samples, given.rate)
        finally:
            daemon.terminate()
            daemon.wait(20)
        connections = receiver.connections
        receiver.arrivals.clear()
        alone = straight_to_the_receiver(folder, receiver, size, min(given.samples, 1000), given.rate)

    figures = {
        "samples": len(took), "lost": given.samples - len(took), "webhook_bytes": size, "connections": connections,
        "p50_ms": 1000 * percentile(took, 0.5), "p99_ms": 1000 * percentile(took, 0.99), "max_ms": 1000 * max(took),
        "baseline_p50_ms": 1000 * percentile(alone, 0.5), "baseline_p99_ms": 1000 * percentile(alone, 0.99),
    }
    print(f"{figures['samples']} records at {given.rate:g}/s, {figures['lost']} lost, "
          f"{connections} TLS connection(s), webhook of {size} bytes")
    print(f"  POST to signed webhook   p50 {figures['p50_ms']:7.2f} ms   p99 {figures['p99_ms']:7.2f} ms   "
          f"max {figures['max_ms']:7.2f} ms")
    print(f"  fdatasync + same bytes   p50 {figures['baseline_p50_ms']:7.2f} ms   p99 {figures['baseline_p99_ms']:7.2f} ms")
    print(f"  ratio                    p50 {figures['p50_ms'] / figures['baseline_p50_ms']:7.1f}x     "
          f"p99 {figures['p99_ms'] / figures['baseline_p99_ms']:7.1f}x")
    if given.json:
        Path(given.json).write_text(json.dumps(figures, indent=1) + "\n")
    return 0 if figures["lost"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
