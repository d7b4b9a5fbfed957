"""docs/deploy: what can be checked of manifests and units where neither a cluster nor systemd runs them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.testing import CliRunner

from luchtbrug.cli import app
from luchtbrug.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "docs" / "deploy" / "kubernetes"
UNITS = sorted((ROOT / "docs" / "deploy" / "systemd").glob("*.service"))
KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
MANIFESTS: list[dict[str, Any]] = [
    manifest for name in KUSTOMIZATION["resources"] for manifest in yaml.safe_load_all((KUBERNETES / name).read_text())
]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_a_manifest_has_the_shape_that_kubernetes_wants(manifest: dict[str, Any]) -> None:
    """No unknown and no missing field, by the schemas of the newest Kubernetes that the checker knows."""
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_every_manifest_is_named_by_the_kustomization() -> None:
    """A file that nothing names would never be applied."""
    assert {path.name for path in KUBERNETES.glob("*.yaml")} == {"kustomization.yaml", *KUSTOMIZATION["resources"]}


def test_no_container_may_gain_or_write_anything() -> None:
    """Every container runs without root, capabilities and a writable file system, within a bound of memory."""
    containers = [
        container
        for manifest in MANIFESTS
        if "template" in manifest.get("spec", {})
        for container in manifest["spec"]["template"]["spec"]["containers"]
    ]
    assert len(containers) == 7
    for container in containers:
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"] is True
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


def test_manifests_and_units_run_commands_that_exist() -> None:
    """A command that was renamed would be found here, not by who deploys it."""
    named = re.findall(r"args: \[([^]]+)\]", "".join(path.read_text() for path in KUBERNETES.glob("*.yaml")))
    for unit in UNITS:
        command = re.findall(r"bin/luchtbrug (.+)", unit.read_text())[0]
        instances = re.findall(r"@(\w+)[,.;]", unit.read_text().splitlines()[0]) if "@" in unit.name else [""]
        named += [command.replace("%i", instance) for instance in instances]
    assert len(named) >= 14
    assert len({"retention, --nightly", "retention --nightly"} & set(named)) == 2  # old personal data goes everywhere
    for command in named:
        assert CliRunner().invoke(app, [*re.split(r",? ", command), "--help"]).exit_code == 0, command


def test_the_example_of_an_environment_is_of_settings() -> None:
    """Each name in it is one that the platform reads: an unknown one would be passed over without a word."""
    example = (ROOT / "docs" / "deploy" / "luchtbrug.env.example").read_text()
    names = re.findall(r"^LUCHTBRUG_([A-Z_]+)=", example, re.MULTILINE)
    assert len(names) == len(re.findall(r"^[^#\n]", example, re.MULTILINE)) > 10
    assert {name.lower() for name in names} <= Settings.model_fields.keys()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_a_unit(unit: Path, tmp_path: Path) -> None:
    """No unknown key and no wrong value; the program that is not installed here is the one thing that is missing."""
    for each in UNITS:
        (tmp_path / each.name).write_text(each.read_text().replace("/opt/luchtbrug/.venv/bin/luchtbrug", "/bin/true"))
    command = ["systemd-analyze", "verify", "--recursive-errors=no", str(tmp_path / unit.name.replace("@.", "@api."))]
    (tmp_path / "luchtbrug@api.service").write_text((tmp_path / "luchtbrug@.service").read_text())
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
