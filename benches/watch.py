#!/usr/bin/env python3
"""`watch` beside `ip monitor` on the same events, and under a storm of them.

Usage: sudo benches/watch.py [PROGRAM]   (default: target/release/netplan-cluster)

In network namespaces of its own. Prints how much later than `ip monitor` the first line of `watch`
is out, as it arrives in this process, and processor time and memory of `watch` while addresses and
links change as fast as `ip -batch` can make them. It asserts nothing.
"""

import json
import os
import queue
import statistics
import subprocess
import sys
import threading
import time

TOGGLES = 200
STORM_SECONDS = 5

HERE, PEER = f"npb{os.getpid()}h", f"npb{os.getpid()}p"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def build():
    ip("netns", "add", HERE)
    ip("netns", "add", PEER)
    for bridge in ["b0", "b1", "b2"]:  # so that both ends of a pair have different indices
        ip("-n", PEER, "link", "add", bridge, "type", "bridge")
    for number in range(2):
        nic = ["peer", "name", f"eth{number}", "netns", HERE]
        ip("-n", PEER, "link", "add", f"p{number}", "type", "veth", *nic)
        ip("-n", PEER, "link", "set", f"p{number}", "up")
        ip("-n", HERE, "addr", "add", f"10.77.{number}.1/24", "dev", f"eth{number}")
        ip("-n", HERE, "link", "set", f"eth{number}", "up")


def start(command):
    """A process in the namespace, and its lines with the time of their arrival."""
    child = subprocess.Popen(["ip", "netns", "exec", HERE, *command], stdout=subprocess.PIPE)
    lines = queue.Queue()

    def read():
        for line in child.stdout:
            lines.put((time.monotonic_ns(), line.decode()))

    threading.Thread(target=read, daemon=True).start()
    return child, lines


def until(lines, wanted):
    while True:
        at, line = lines.get(timeout=30)
        if wanted(line):
            return at


def latency(program):
    watch, told = start([program, "watch", "--node", "n1", "--format", "json"])
    monitor, seen = start(["ip", "monitor", "link"])
    until(told, lambda line: '"start"' in line)
    time.sleep(2)  # both have subscribed, and the links have come up
    while not told.empty():
        told.get()
    while not seen.empty():
        seen.get()
    later = []
    for toggle in range(TOGGLES):
        state = ["down", "up"][toggle % 2]
        ip("-n", PEER, "link", "set", "p0", state)
        flag = "NO-CARRIER" if state == "down" else ",LOWER_UP"
        first = until(seen, lambda line: "eth0" in line and flag in line)
        shown = "Unavailable" if state == "down" else "Up"
        after = lambda line: '"network"' in line and json.loads(line)["after"]["state"] == shown
        later.append((until(told, after) - first) / 1e6)
        time.sleep(0.05)
    for child in (watch, monitor):
        child.terminate()
        child.wait()
    later.sort()
    print(f"first line after that of ip monitor, {TOGGLES} carrier changes: "
          f"median {statistics.median(later):.3f} ms, 10 % {later[TOGGLES // 10]:.3f}, "
          f"90 % {later[TOGGLES * 9 // 10]:.3f}, most {later[-1]:.3f}")


def usage(pid):
    """Processor seconds, and the most memory ever in MiB."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    peak = next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmHWM"))
    return seconds, int(peak.split()[1]) / 1024


def storm(program, name, batch):
    watch, told = start([program, "watch", "--node", "n1", "--format", "json"])
    until(told, lambda line: '"start"' in line)
    ip("-n", HERE, "link", "add", "s0", "type", "bridge")
    counter, heard = start(["ip", "-o", "monitor", "link", "address", "route"])
    time.sleep(1)
    before, begun = usage(watch.pid)[0], time.monotonic()
    lines = "\n".join(batch) + "\n"
    while time.monotonic() < begun + STORM_SECONDS:
        subprocess.run(["ip", "-n", HERE, "-batch", "-"], input=lines.encode(), check=True)
    spent = time.monotonic() - begun
    seconds, peak = usage(watch.pid)
    time.sleep(1)
    counter.terminate()
    counter.wait()
    watch.terminate()
    watch.wait()
    kinds = {}
    while not told.empty():
        kind = json.loads(told.get()[1])["kind"]
        kinds[kind] = kinds.get(kind, 0) + 1
    ip("-n", HERE, "link", "del", "s0")
    print(f"storm of {name}: {heard.qsize() / spent:.0f} notifications/s as ip monitor counts "
          f"them; watch took {100 * (seconds - before) / spent:.0f} % of a core, "
          f"{peak:.1f} MiB at most, and told {kinds}")


def main():
    program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/netplan-cluster")
    build()
    try:
        latency(program)
        addresses = [f"addr {verb} 10.80.{n // 250}.{n % 250 + 1}/32 dev s0"
                     for verb in ("add", "del") for n in range(2000)]
        storm(program, "addresses", addresses)
        links = [line for n in range(500) for line in
                 (f"link add v{n} type veth peer name w{n}", f"link set v{n} up",
                  f"link set w{n} up", f"link set v{n} down", f"link set v{n} up", f"link del v{n}")]
        storm(program, "veth pairs", links)
        flaps = ["link set eth0 down", "link set eth0 up"] * 1000
        storm(program, "eth0 flaps", flaps)
        many = [line for n in range(2000) for line in
                (f"link add m{n} type veth peer name k{n}", f"link set k{n} up",
                 f"addr add 10.81.{n // 250}.{n % 250 + 1}/32 dev m{n}")]
        subprocess.run(["ip", "-n", HERE, "-batch", "-"], input="\n".join(many).encode(), check=True)
        storm(program, "links of 4,000 interfaces",
              [f"link set m{n} {state}" for state in ("up", "down") for n in range(2000)])
    finally:
        for namespace in (HERE, PEER):
            subprocess.run(["ip", "netns", "del", namespace], check=False)


main()
