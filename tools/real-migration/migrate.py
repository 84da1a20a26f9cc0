"""Migrates one VM between two QEMU processes and prints forecast and measurement side by side.

Started by `run`, which builds the guest and knows the arguments.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

MIB = 1 << 20
# The guest kernel's own writes, measured on idle guests.
NOISE = {"pages": 115, "writes_per_s": 3000}
# What the loopback device carries from one QEMU to the other in stop phases.
LINK_BYTES_S = 1_220_000_000


class Qmp:
    """QEMU's monitor on a Unix socket."""

    def __init__(self, path):
        self.socket = connect(path)
        self.lines = self.socket.makefile("r")
        json.loads(self.lines.readline())
        self.run("qmp_capabilities")

    def run(self, command, **arguments):
        request = json.dumps({"execute": command, "arguments": arguments})
        self.socket.sendall(request.encode() + b"\n")
        while True:
            reply = json.loads(self.lines.readline())
            if "return" in reply:
                return reply["return"]
            if "error" in reply:
                raise SystemExit(f"{command}: {reply['error']['desc']}")


def connect(path):
    for _ in range(200):
        channel = socket.socket(socket.AF_UNIX)
        try:
            channel.connect(path)
            return channel
        except OSError:
            channel.close()
            time.sleep(0.05)
    raise SystemExit(f"QEMU does not answer at {path}")


def start(task, name, *more):
    """A QEMU process of the VM; the same hardware on both sides."""
    command = [task["qemu"], *os.environ.get("QEMU_OPTIONS", "").split()]
    command += ["-machine", "pc", "-accel", "tcg", "-m", str(task["memory"]), "-smp", "1"]
    command += ["-nodefaults", "-display", "none"]
    command += ["-kernel", task["kernel"], "-initrd", f"{task['folder']}/initramfs"]
    pages = task["working_set"] * MIB // 4096
    command += ["-append", f"quiet panic=-1 -- {pages} {task['rate']}"]
    command += ["-serial", f"file:{task['folder']}/{name}.serial"]
    command += ["-qmp", f"unix:{task['folder']}/{name}.qmp,server=on,wait=off", *more]
    # A target that is cut off complains; what matters the source says too.
    errors = subprocess.DEVNULL if more else None
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=errors)


def wait_until_ready(task, process):
    path = f"{task['folder']}/source.serial"
    for _ in range(1200):
        text = open(path, errors="replace").read() if os.path.exists(path) else ""
        if "dirtier: ready" in text:
            time.sleep(3)
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"the guest did not start; it said:\n{text}")


def migrate(task, source, target):
    """Migrates; returns QEMU's last word, and whether it was cancelled for want of time."""
    target.run("migrate-incoming", uri="tcp:127.0.0.1:0")
    port = target.run("query-migrate")["socket-address"][0]["port"]
    source.run(
        "migrate-set-parameters",
        **{"max-bandwidth": task["bandwidth"] * MIB, "downtime-limit": task["limit"]},
    )
    source.run("migrate", uri=f"tcp:127.0.0.1:{port}")
    began = time.monotonic()
    while True:
        info = source.run("query-migrate")
        if info["status"] in ("completed", "failed"):
            return info, False
        if time.monotonic() - began > task["time_limit"]:
            source.run("migrate_cancel")
            return info, True
        time.sleep(0.05)


def measure(task):
    processes = []
    try:
        processes.append(start(task, "source"))
        processes.append(start(task, "target", "-incoming", "defer"))
        source = Qmp(f"{task['folder']}/source.qmp")
        target = Qmp(f"{task['folder']}/target.qmp")
        wait_until_ready(task, processes[0])
        version = source.run("query-version")["qemu"]
        info, is_cancelled = migrate(task, source, target)
        return version, info, is_cancelled
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for name in ("source", "target"):
            for end in ("serial", "qmp"):
                path = f"{task['folder']}/{name}.{end}"
                if os.path.exists(path):
                    os.remove(path)


def specification(task, version, ram):
    """What was migrated, as a forecast is asked for. Zero pages are those that QEMU found."""
    number = (version["major"], version["minor"])
    vmm = "qemu-7.2" if number < (8, 0) else "qemu-8.2" if number < (10, 0) else "qemu-10"
    pages = task["working_set"] * MIB // 4096
    return {
        "schema": "netplan-cluster/migration/1",
        "name": f"{task['working_set']} MiB at {task['rate']}/s over {task['bandwidth']} MiB/s",
        "vmm": vmm,
        "ram_bytes": ram["total"],
        "zero_pages": ram["duplicate"],
        "groups": [{"pages": pages, "writes_per_s": task["rate"]}, NOISE],
        "max_bandwidth_bytes_s": task["bandwidth"] * MIB,
        "link_bytes_s": LINK_BYTES_S,
        "downtime_limit_ms": task["limit"],
        "clear": {"mode": "sync"},
        "time_limit_ms": task["time_limit"] * 1000,
    }


def forecast(program, spec):
    command = [program, "migrate", "--spec", "-"]
    reply = subprocess.run(command, input=json.dumps(spec), capture_output=True, text=True)
    if reply.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {reply.stderr.strip()}")
    answer = json.loads(reply.stdout)
    return answer[0] if isinstance(answer, list) else answer


def line(name, measured, said, unit, scale, digits):
    error = (said - measured) / measured * 100 if measured else 0.0
    of = f"{error:+.2f} %" if unit else f"{said - measured:+.0f}"
    left, right = (f"{value / scale:.{digits}f}" for value in (measured, said))
    print(f"  {name:12}{left:>12}{right:>12} {unit:3}{of:>12}")


def compare(info, is_cancelled, said):
    ram = info["ram"]
    verdict = "never" if is_cancelled else info["status"]
    print(f"  {'':12}{'measured':>12}{'forecast':>12}")
    print(f"  {'verdict':12}{verdict:>12}{said['outcome']:>12}")
    line("bytes", ram["transferred"], said["transferred_bytes"], "MB", 1e6, 1)
    line("syncs", ram["dirty-sync-count"], said["dirty_sync_count"], "", 1, 0)
    if not is_cancelled:
        line("total time", info["total-time"], said["total_ms"], "s", 1e3, 2)
        line("downtime", info["downtime"], said["downtime_ms"], "ms", 1, 1)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    folder, qemu, kernel, program = sys.argv[1:5]
    names = ("memory", "working_set", "rate", "bandwidth", "limit", "time_limit")
    task = dict(zip(names, map(int, sys.argv[5:]), strict=True))
    task |= {"folder": folder, "qemu": qemu, "kernel": kernel}
    version, info, is_cancelled = measure(task)
    if info["status"] == "failed":
        raise SystemExit(f"the migration failed: {info.get('error-desc', 'QEMU does not say why')}")
    spec = specification(task, version, info["ram"])
    text = re.sub(r"\s+", " ", json.dumps(spec))
    print(f"QEMU {version['major']}.{version['minor']}.{version['micro']}: {spec['name']}")
    print(f"  specification: {text}")
    compare(info, is_cancelled, forecast(program, spec))


main()
