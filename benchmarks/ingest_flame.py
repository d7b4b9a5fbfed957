"""Where does the time of an ingest worker go under load? A flame graph.

Run `python -m benchmarks.ingest_flame [--out FILE.svg] [--seconds 6]` (needs Debian's mosquitto, and py-spy with the
right to look into a process of one's own). A worker drains messages of five readings as fast as it can, while py-spy
looks 200 times a second at what it does: `py-spy record --rate 200 --duration 6 --pid … --output …`. Where a thread
only waits it is not drawn. Paths of this machine are taken out.
"""

import argparse
import re
import subprocess
import sys
import sysconfig
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.fleet_world import programs_missing
from benchmarks.ingest_service import World, wait_for
from benchmarks.ingest_world import broker, messages, prepare, publish
from luchtbrug.database import embedded


def main() -> None:
    """Draw the graph."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/pictures/ingest-flame.svg"))
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=6)
    options = parser.parse_args()
    if missing := programs_missing():
        raise SystemExit(f"install {', '.join(missing)}: apt-get install mosquitto mosquitto-clients")
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "database") as url:
        begin = datetime.now(UTC) - timedelta(hours=3)
        prepare(url, 500, now=begin)
        with broker(Path(folder) / "broker") as broker_url:
            world = World(url, broker_url, Path(folder))
            with world.worker(0) as service:  # so that there is a session that the broker keeps messages for
                wait_for(service, "broker_connected")
            publish(broker_url, messages(options.messages, 500, begin=begin))
            before = world.stored()
            with world.worker(0) as service:
                world.wait_stored(before + 1)
                _record(service.process.pid, options)
    text = options.out.read_text(encoding="utf-8")
    options.out.write_text(without_paths(text), encoding="utf-8")


def _record(pid: int, options: argparse.Namespace) -> None:
    command = ["py-spy", "record", "--rate", "200", "--duration", str(options.seconds), "--pid", str(pid)]
    command += ["--output", str(options.out)]
    subprocess.run(command, check=True, stdout=sys.stderr)


def without_paths(svg: str) -> str:
    """Take the folders of this machine out of a picture: what remains begins at a package."""
    folders = {
        sysconfig.get_path("purelib"),
        sysconfig.get_path("stdlib"),
        str(Path.cwd()),
        sys.prefix,
        sys.base_prefix,
    }
    for folder in sorted(folders, key=len, reverse=True):
        svg = svg.replace(f"{folder}/", "")
    return re.sub(r"\(/[^\s():]*/", "(", svg)


if __name__ == "__main__":
    main()
