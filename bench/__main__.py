"""Run every bench/*.py that has run(), print one table, or JSON with --json; names choose some of them.

Fails where a value passes its limit.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict

import bench
from bench.rows import Row

#: A bench gives its rows one by one, so that a long one shows where it is.
Run = Callable[[], Iterable[Row]]


def benches() -> dict[str, Run]:
    """The benches by name."""
    names = [
        module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")
    ]
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module.run for name, module in modules.items() if hasattr(module, "run")}


def line(row: Row) -> str:
    value = "" if row.value is None else f"{row.value:,.4g} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:,.1f} x"
    return (
        f"{row.name:<62}{value:>16}  {ratio:>10}  {row.against}{f'  (goal: {row.goal})' if row.goal else ''}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="benches to run; all when left out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = benches()
    unknown = set(options.names) - set(found)
    if unknown:
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(sorted(found))}")
    rows: dict[str, list[Row]] = {}
    for name in options.names or sorted(found):
        if not options.json:
            print(name)
        rows[name] = []
        for row in found[name]():
            rows[name].append(row)
            if not options.json:
                print("  " + line(row), flush=True)
    if options.json:
        print(json.dumps({name: [asdict(row) for row in found] for name, found in rows.items()}, indent=1))
    over = [row.name for found in rows.values() for row in found if row.too_much]
    sys.exit(f"over the limit: {'; '.join(over)}" if over else 0)


main()
