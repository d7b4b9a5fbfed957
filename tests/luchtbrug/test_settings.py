"""Settings: read once, and a wrong one says its name, its value and the bound."""

from pathlib import Path

import pytest

from luchtbrug.settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read no .env of the checkout."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("API_PORT", "70000", "less than or equal to 65535"),
        ("BATCH_SIZE", "many", "valid integer"),
        ("REFERENCE_BBOX", "5,52,4,53", "min_lon < max_lon"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("BASE_URL", "lucht.example.org", "https?://"),
    ],
)
def test_a_wrong_setting_is_named_with_value_and_bound(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence holds what a reader needs to correct it."""
    monkeypatch.setenv(f"LUCHTBRUG_{name}", value)
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert f"LUCHTBRUG_{name}" in str(caught.value)
    assert value in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MQTT_URL", "http://u:hunter2@h"),
        ("DATABASE_URL", "mysql://u:hunter2@h"),
        ("MQTT_URL", "mqtt://u:hunter2/x@h"),  # taken for a port
        ("SMTP_URL", "smtp://u:p@h:hunter2"),
    ],
)
def test_a_wrong_secret_is_named_but_never_shown(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in a refused URL is not printed."""
    monkeypatch.setenv(f"LUCHTBRUG_{name}", value)
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert f"LUCHTBRUG_{name}" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_empty_setting_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """What docker-compose.yml hands on empty has its default."""
    for name in ("SMTP_URL", "REFERENCE_BBOX", "MQTT_PUBLIC_PORT"):
        monkeypatch.setenv(f"LUCHTBRUG_{name}", "")
    settings = Settings.read()
    assert (settings.smtp_url, settings.reference_bbox, settings.mqtt_public_port) == (None, None, None)


def test_all_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two mistakes need one start to be seen."""
    monkeypatch.setenv("LUCHTBRUG_API_PORT", "0")
    monkeypatch.setenv("LUCHTBRUG_BATCH_SECONDS", "-1")
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert len(str(caught.value).splitlines()) == 2


def test_every_setting_is_documented() -> None:
    """docs/settings.md has a row for each setting, and none for one that is gone."""
    lines = (ROOT / "docs" / "settings.md").read_text().splitlines()
    documented = {line.split("`")[1] for line in lines if line.startswith("| `LUCHTBRUG_")}
    assert documented == {f"LUCHTBRUG_{name.upper()}" for name in Settings.model_fields}


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings object shows no password."""
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", "postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(Settings.read())
