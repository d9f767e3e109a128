"""The published copy as files: what is read back, what the descriptor says of it, and a folder whole or not at all."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from expectations.contract.periods import Period
from flows.commands import export as exporting
from flows.commands.backfill import backfill
from flows.commands.export import KEYS, export, run_export
from flows.errors import UserError, shown
from flows.settings import Settings
from transforms.samples.tree import sample_tree


@pytest.fixture(scope="module")
def settings(registry, tmp_path_factory) -> Settings:
    """A home with three months of two districts."""
    home = tmp_path_factory.mktemp("home")
    for file in sample_tree(registry, 8, Period(2024, 10), Period(2024, 12), {"866", "867"}):
        path = home / "tree" / str(file.received_on) / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    made = Settings(home=home)
    backfill(home / "tree", None, made)
    return made


@pytest.fixture(scope="module")
def folder(settings, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("exported") / "package"
    export(settings, target)
    return target


@pytest.fixture(scope="module")
def descriptor(folder) -> dict[str, Any]:
    return json.loads((folder / "datapackage.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def published(settings):
    with duckdb.connect(str(settings.published_dir / "mobility.duckdb"), read_only=True) as con:
        yield con


def test_every_published_mart_is_read_back_as_it_stands(published, folder):
    marts = [name for (name,) in published.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["datapackage.json", *(f"{m}.parquet" for m in marts)]
    )
    for mart in marts:
        stored = published.sql(f"FROM marts.{mart}").pl()
        assert pl.read_parquet(folder / f"{mart}.parquet").equals(stored), mart


def test_the_descriptor_has_what_the_specification_requires(descriptor, folder):
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert descriptor["profile"] == "tabular-data-package"
    assert re.fullmatch(r"[a-z0-9._-]+", descriptor["name"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", descriptor["created"])
    names = [resource["name"] for resource in descriptor["resources"]]
    assert names
    assert len(names) == len(set(names))
    for resource in descriptor["resources"]:
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
        assert Path(resource["path"]).name == resource["path"]
        data = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
        assert (resource["type"], resource["profile"]) == ("table", "tabular-data-resource")


FRICTIONLESS = {
    pl.String: "string",
    pl.Int64: "integer",
    pl.Int32: "integer",
    pl.Float64: "number",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "datetime",
    pl.List: "array",
}


def test_each_column_is_described_under_its_name_and_type_in_both_languages(descriptor, folder):
    for resource in descriptor["resources"]:
        schema = pl.read_parquet_schema(folder / resource["path"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(schema)
        for field in fields:
            assert field["type"] == FRICTIONLESS[schema[field["name"]].base_type()], (resource["name"], field["name"])
        for described in (resource, *fields):
            assert re.fullmatch(r".+ / .+", described["description"]), described["name"]
        assert re.fullmatch(r"[^.:;(]+ / [^.:;(]+", resource["title"]), resource["title"]


def test_a_primary_key_tells_rows_apart_and_has_no_gaps(descriptor, folder):
    keyed = {resource["name"]: resource["schema"].get("primaryKey") for resource in descriptor["resources"]}
    assert {name: tuple(key) for name, key in keyed.items() if key} == KEYS
    for name, key in KEYS.items():
        rows = pl.read_parquet(folder / f"{name}.parquet").select(key)
        assert not rows.is_duplicated().any(), name
        assert not rows.null_count().sum_horizontal().item(), name


def test_the_same_copy_gives_the_same_bytes(settings, folder, tmp_path):
    export(settings, tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_folder_that_stands_is_refused_and_left_alone(settings, tmp_path):
    target = tmp_path / "mine"
    target.mkdir()
    (target / "note.txt").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="is there already"):
        export(settings, target)
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "note.txt"]


def test_a_run_that_fails_leaves_no_folder(settings, tmp_path, monkeypatch):
    def fails(*_: object) -> dict[str, Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_resource", fails)
    with pytest.raises(UserError, match="No space left"):
        export(settings, tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_what_a_broken_off_run_left_is_taken_away(settings, tmp_path):
    (tmp_path / ".new.part").mkdir()
    (tmp_path / ".new.part" / "stale.parquet").write_bytes(b"half")
    export(settings, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert not (tmp_path / "new" / "stale.parquet").exists()


def test_before_the_first_night_there_is_nothing_to_export(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "home"))
    assert shown(lambda: run_export(tmp_path / "new")) == 1
    assert "Chưa có bản công bố" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
