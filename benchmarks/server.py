"""Requests a second of a served model: many clients at once against one at a time.

    python benchmarks/server.py runs/tagging/latest/bundle --clients 16 --seconds 10

Starts the server, asks it over real sockets from this process, and stops it. A client asks for one
text, waits for the answer, and asks for the next.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


def main() -> None:
    """Measure, and print a table; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle")
    parser.add_argument("--clients", type=int, default=16, metavar="N")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each of the two loads")
    parser.add_argument("--texts", type=Path, metavar="FILE", help="a text a line; else examples")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("options", nargs="*", help="of the server, behind --: -- --wait-ms 2")
    options = parser.parse_args()
    command = [sys.executable, "-m", "seqtasks.serve", options.bundle, "--port", "0"]
    process = subprocess.Popen(
        [*command, *options.options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        report = measure(process, options)
    finally:
        process.terminate()
        process.wait()
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2), encoding="utf-8")


def measure(process: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Both loads, one after the other, and the server's memory around them."""
    found = re.search(r":(\d+) \(", process.stdout.readline())
    if found is None:
        raise SystemExit("the server did not start; run it by hand to see why")
    port = int(found[1])
    while not alive(port):
        time.sleep(0.05)
    texts = (
        options.texts.read_text(encoding="utf-8").splitlines()
        if options.texts
        else ask(http.client.HTTPConnection("127.0.0.1", port), "GET", "/info")["examples"]
    )
    load(port, texts, 1, min(1.0, options.seconds))  # the first requests are slower
    start = memory(process.pid)
    rows = {
        clients: load(port, texts, clients, options.seconds) for clients in (1, options.clients)
    }
    end = memory(process.pid)
    ratio = rows[options.clients]["per_second"] / rows[1]["per_second"]
    return {"loads": rows, "ratio": ratio, "megabytes": {"start": start, "end": end}}


def load(port: int, texts: list[str], clients: int, seconds: float) -> dict[str, float]:
    """Ask for some seconds from so many clients."""
    times: list[float] = []
    failures: list[str] = []
    until = time.perf_counter() + seconds

    def client(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        number = first
        while time.perf_counter() < until:
            body = {"text": texts[number % len(texts)]}
            number += clients
            began = time.perf_counter()
            try:
                ask(connection, "POST", "/predict", body)
                times.append(time.perf_counter() - began)
            except (OSError, http.client.HTTPException, ValueError) as error:
                failures.append(str(error))
                connection.close()
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [float("nan")] * 99
    return {
        "per_second": len(times) / passed,
        "p50_ms": 1000 * cuts[49],
        "p99_ms": 1000 * cuts[98],
        "failures": len(failures),
    }


def ask(connection: Any, method: str, path: str, body: Any = None) -> Any:
    """One request.

    Raises:
        ValueError: it is refused.
    """
    data = None if body is None else json.dumps(body).encode()
    connection.request(method, path, data, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise ValueError(f"{answer.status} {text.decode()}")
    return json.loads(text)


def alive(port: int) -> bool:
    """Whether the server answers."""
    try:
        return bool(ask(http.client.HTTPConnection("127.0.0.1", port), "GET", "/health"))
    except OSError:
        return False


def memory(process: int) -> float | None:
    """Resident megabytes of a process, where the system tells them."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def show(report: dict[str, Any]) -> None:
    """Print the table."""
    table = Table()
    for heading in ("clients", "requests/s", "p50, ms", "p99, ms", "failures"):
        table.add_column(heading, justify="right")
    for clients, row in report["loads"].items():
        values = [f"{row[name]:.1f}" for name in ("per_second", "p50_ms", "p99_ms")]
        table.add_row(str(clients), *values, str(row["failures"]))
    console = Console()
    console.print(table)
    console.print(f"ratio {report['ratio']:.2f}", highlight=False)
    start, end = report["megabytes"].values()
    if start is not None:
        console.print(f"memory {start:.1f} MB at the start, {end:.1f} MB at the end")


if __name__ == "__main__":
    main()
