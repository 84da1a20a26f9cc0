#!/usr/bin/env bash
# Times whole processes side by side in one run: `netplan-cluster show` against iproute2 in a
# namespace with many veth interfaces, and `show` on inventories of many nodes.
# Needs root. Usage: benches/whole-process.sh [INTERFACES] [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."
interfaces=${1:-4000}
runs=${2:-11}
cargo build --release --quiet
program=$PWD/target/release/netplan-cluster
space=npc-bench-$$
work=$(mktemp -d)
trap 'ip netns del "$space" 2>/dev/null || true; rm -rf "$work"' EXIT

python3 - "$interfaces" > "$work/batch" <<'PY'
import sys
count = int(sys.argv[1])
for pair in range(count // 2):
    print(f"link add v{pair}a type veth peer name v{pair}b")
for pair in range(count // 2):
    for half, side in enumerate("ab"):
        number = pair * 2 + half
        print(f"addr add 10.{number // 250}.{number % 250}.1/24 dev v{pair}{side}")
        print(f"link set v{pair}{side} up")
PY
ip netns add "$space"
ip -n "$space" -batch "$work/batch"

cat > "$work/time.py" <<'PY'
"""Runs commands in turn, A B A B …, and prints the median of each and of the ratios."""
import os, resource, statistics, subprocess, sys, time
runs, commands = int(sys.argv[1]), sys.argv[2:]
walls = [[] for _ in commands]
peaks = [0] * len(commands)
for run in range(runs + 1):
    for number, command in enumerate(commands):
        start = time.perf_counter()
        child = subprocess.Popen(["sh", "-c", command], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        if status:
            sys.exit(f"{command}: status {status}")
        if run:
            walls[number].append(wall * 1000)
            peaks[number] = max(peaks[number], usage.ru_maxrss / 1024)
for command, wall, peak in zip(commands, walls, peaks):
    print(f"{statistics.median(wall):8.1f} ms median ({min(wall):.1f} to {max(wall):.1f}), {peak:5.1f} MiB peak: {command[:90]}")
for other in range(1, len(commands)):
    ratio = statistics.median(a / b for a, b in zip(walls[0], walls[other]))
    print(f"         ratio of the first to number {other + 1}: {ratio:.2f}")
PY

none="NETPLAN_CLUSTER_POLICY=/nonexistent NETPLAN_CLUSTER_NODES_DIR=/nonexistent"
echo "== $interfaces interfaces with an address each"
ip netns exec "$space" env $none python3 "$work/time.py" "$runs" \
  "exec $program show" "ip -j -d link; ip -j addr; ip -j route" "exec $program show --format json"

for nodes in 64 1000; do
  mkdir "$work/$nodes"
  python3 - "$work/$nodes" "$nodes" <<'PY'
import json, sys
folder, nodes = sys.argv[1], int(sys.argv[2])
for node in range(nodes):
    interfaces = [{
        "name": f"eth{n}", "index": n + 2, "kind": "physical", "mac": f"52:54:00:{n:02x}:{node // 256:02x}:{node % 256:02x}",
        "mtu": 1500, "min_mtu": 68, "max_mtu": 9216, "admin_up": True, "carrier": True, "oper_state": "up",
        "speed_mbps": 10000, "duplex": "full", "rx_queues": 8, "tx_queues": 8,
        "device": {"bus": "pci", "name": f"0000:0{n}:00.0", "pci": f"0000:0{n}:00.0", "driver": "ice", "model": "8086:1592"},
        "counters": {"carrier_changes": 2, "rx_packets": 1, "tx_packets": 1, "rx_errors": 0, "tx_errors": 0, "rx_dropped": 0, "tx_dropped": 0},
        "addresses": [{"address": f"10.{n}.{node // 250}.{node % 250 + 1}/16", "scope": "global"},
                      {"address": f"fe80::{node:x}:{n + 1}/64", "scope": "link"}],
    } for n in range(8)]
    document = {"schema": "netplan-cluster/inventory/1", "node": f"node{node:04}", "taken_at": "2026-11-01T08:00:00Z",
                "source": "netlink", "interfaces": interfaces,
                "routes": [{"destination": "0.0.0.0/0", "table": 254, "next_hops": [{"interface": "eth7", "gateway": "10.7.0.254"}]}]}
    with open(f"{folder}/node{node:04}.json", "w") as file:
        json.dump(document, file, indent=2)
PY
  echo "== inventories of $nodes nodes x 8 interfaces"
  env $none python3 "$work/time.py" "$runs" "exec $program show --from $work/$nodes" \
    "exec $program show --format json --from $work/$nodes" \
    "$program validate --from $work/$nodes || true"
done
