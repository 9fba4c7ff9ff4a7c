"""`python -m bench [ROW ...] [--quick]`: measure, print one table, write build/bench.json.

Without names all rows run. With names only those run, and the table and the file hold only them.
"""

import argparse
import importlib
from pathlib import Path

from bench.table import Row, print_rows, write_rows

GROUPS = (
    *("kernel", "ledger", "people", "read500", "hold", "oauth", "streams"),
    *("screening_names", "screening_ownership", "screening_sweep", "volume"),
    *("carddav", "timeline"),
)
RESULT = Path("build/bench.json")


def main() -> None:
    """Run the groups named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure side by side with peers.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small and short: to see that it works")
    options = parser.parse_args()
    unknown = set(options.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    for group in options.groups or GROUPS:
        print(f"Measuring {group} ...", flush=True)
        rows += importlib.import_module(f"bench.{group}").measure(quick=options.quick)
        write_rows(rows, RESULT)
    print_rows(rows)
    print(f"Written to {RESULT}.")


if __name__ == "__main__":
    main()
