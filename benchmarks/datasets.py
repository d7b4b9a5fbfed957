"""Judge the replay on every public dataset that has a reference, and print one table.

    python -m benchmarks.datasets [--data ../shared/data] [--faults 0 0.2] [--only denver] [--refs 99]

Each row is one run of `score_replay.py` (option --score) against `luchtbrug replay` of this tree. `ratio` is the error
of value over that of the better of raw and rolling least squares: above 1.03 a row fails. The last line is JSON.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CASES = (
    ("denver_lovemyair", "pm2_5"), ("virginia_shirley", "pm2_5"), ("virginia_shirley", "pm10"),
    ("epa_rtp_toucan", "pm2_5"), ("epa_rtp_toucan", "o3"), ("epa_rtp_toucan", "no2"),
    ("manchester_quant", "pm2_5"), ("manchester_quant", "no2"), ("manchester_quant", "o3"),
    ("ispra_airsenseur", "no2"), ("ispra_airsenseur", "o3"), ("ispra_airsenseur", "pm10"),
    ("delhi_satvam_dd1", "no2"), ("delhi_satvam_dd1", "o3"),
)  # fmt: skip
MOST_WORSE = 1.03  # of the better of raw and least squares
ROOT = Path(__file__).parents[1]
_SHARED = Path("../shared")
_COLUMNS = ("raw", "field", "group", "ols", "value", "estimate")
_MORE = ("coverage_value", "coverage_estimate", "half_width_value", "given", "faults_passed")
_LINE = "{:18} {:6} {:>6} " + "{:>8} " * (len(_COLUMNS) + 1 + len(_MORE)) + "{}"


def main() -> None:
    """Run the cases one after the other, each row as soon as it is there; exit 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=_SHARED / "data")
    parser.add_argument("--score", type=Path, default=_SHARED / "checks" / "score_replay.py")
    parser.add_argument("--faults", type=float, nargs="+", default=[0.0])
    parser.add_argument("--only", default="", help="datasets whose name, with :pollutant, holds this")
    parser.add_argument("--refs", type=int, default=99, help="references left out in turn, at most")
    options = parser.parse_args()
    print(_LINE.format("data", "what", "faults", *_COLUMNS, "ratio", *(name[:8] for name in _MORE), ""), flush=True)
    found = []
    for dataset, name, faults in _cases(options.only, options.faults):
        row = score(options.score, options.data / dataset, name, faults=faults, refs=options.refs)
        found.append(row)
        print(_shown(row), flush=True)
    print(json.dumps({"rows": len(found), "failed": sum(not passes(row) for row in found), "found": found}))
    sys.exit(int(not all(passes(row) for row in found)))


def score(program: Path, data: Path, observed_property: str, *, faults: float, refs: int = 99) -> dict[str, Any]:
    """Run the score on one dataset and pollutant; its JSON line."""
    replay = f"{shlex.quote(sys.executable)} -m luchtbrug replay"
    command = [sys.executable, program, data, "--property", observed_property, "--faults", faults]
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    arguments = [str(word) for word in (*command, "--max-refs", refs, "--cmd", replay)]
    ended = subprocess.run(arguments, capture_output=True, text=True, env=here)
    if ended.returncode:
        raise SystemExit(f"{data.name} {observed_property}: {ended.stderr[-2000:] or ended.stdout[-2000:]}")
    row: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return row | {"ratio": ratio(row)}


def ratio(row: Mapping[str, Any]) -> float | None:
    """Error of value over the better of raw and least squares; None where no value is given."""
    peers = [row[f"rmse_{name}"] for name in ("raw", "ols") if row[f"rmse_{name}"] is not None]
    return None if row["rmse_value"] is None or not peers else round(float(row["rmse_value"] / min(peers)), 3)


def passes(row: Mapping[str, Any]) -> bool:
    """Never worse than the better of raw and least squares by more than 3 %; what is refused harms nobody."""
    return row["ratio"] is None or bool(row["ratio"] <= MOST_WORSE)


def _cases(only: str, faults: list[float]) -> Iterator[tuple[str, str, float]]:
    for dataset, name in CASES:
        if only in f"{dataset}:{name}":
            yield from ((dataset, name, share) for share in faults)


def _shown(row: Mapping[str, Any]) -> str:
    numbers = [row[f"rmse_{name}"] for name in _COLUMNS] + [row["ratio"]] + [row[name] for name in _MORE]
    shown = ["-" if number is None else f"{number:.3f}" for number in numbers]
    return _LINE.format(
        row["dataset"], row["property"], row["faults"], *shown, "" if passes(row) else "WORSE than its peers"
    )


if __name__ == "__main__":
    main()
