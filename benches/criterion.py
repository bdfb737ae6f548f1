#!/usr/bin/env python3
"""Prints what criterion measured (target/criterion) as Markdown."""
import json
import pathlib
import sys

print("## Inside the process\n\nMedians of criterion.\n")
print("| benchmark | time | rate |\n| --- | --- | --- |")
for file in sorted(pathlib.Path(sys.argv[1]).glob("*/*/new/benchmark.json")):
    about = json.loads(file.read_text())
    nanos = json.loads((file.parent / "estimates.json").read_text())["median"]["point_estimate"]
    throughput = about["throughput"] or {}
    rate = ""
    if "Bytes" in throughput:
        rate = f"{throughput['Bytes'] / nanos:.2f} GB/s"
    if "Elements" in throughput:
        rate = f"{nanos / 1000 / throughput['Elements']:.1f} µs an episode"
    time = f"{nanos / 1e6:.2f} ms" if nanos < 1e9 else f"{nanos / 1e9:.2f} s"
    name = f"{about['group_id']}, {about['function_id'] or about['value_str']}"
    print(f"| {name} | {time} | {rate} |")
print()
