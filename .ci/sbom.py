"""Write what the platform is made of as CycloneDX: each pinned Python and npm package, with hashes, checked by schema.

python .ci/sbom.py dist/sbom.json
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
PINS, LOCK = ROOT / "constraints.txt", ROOT / "api/web/package-lock.json"


def main() -> int:
    """Write the file; 1 where the schema refuses it."""
    document = of_python()
    document["components"] += of_npm(json.loads(LOCK.read_text()))
    document["components"].sort(key=lambda each: str(each["bom-ref"]))
    text = json.dumps(document, indent=1)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        print(f"not valid CycloneDX: {wrong}", file=sys.stderr)
        return 1
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text)
    print(f"{out}: {len(document['components'])} components")
    return 0


def of_python() -> dict[str, Any]:
    """Describe the pins that production installs, ourselves as what they are components of."""
    options = ["--no-validate", "--output-reproducible", "--pyproject", str(ROOT / "pyproject.toml"), str(PINS)]
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def of_npm(lock: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe what the page's JavaScript is bundled of, and, as excluded, what bundles it."""
    return [_component(path.rpartition("node_modules/")[2], found) for path, found in _packages(lock)]


def _packages(lock: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((path, found) for path, found in lock["packages"].items() if path)


def _component(name: str, found: dict[str, Any]) -> dict[str, Any]:
    scope, _, short = name.rpartition("/")
    address = PackageURL("npm", scope or None, short, found["version"]).to_string()
    kind, _, digest = found.get("integrity", "").partition("-")
    hashes = [{"alg": kind.replace("sha", "SHA-"), "content": base64.b64decode(digest).hex()}] if digest else []
    licence = found.get("license")
    return {
        "bom-ref": address,
        "type": "library",
        "name": name,
        "version": found["version"],
        "purl": address,
        "scope": "excluded" if found.get("dev") else "required",
        **({"hashes": hashes} if hashes else {}),
        **({"licenses": [{"expression": licence}]} if licence else {}),
    }


if __name__ == "__main__":
    sys.exit(main())
