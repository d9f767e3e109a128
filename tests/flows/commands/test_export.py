"""The published copy as files: what is read back, what the descriptor says of it, and a folder whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pytest
from frictionless import Package
from jsonschema import Draft7Validator
from openpyxl import Workbook
from pyarrow import parquet

from expectations.contract.periods import Period
from flows.commands import export as exporting
from flows.commands import mart_files
from flows.commands.export import KEYS, export, export_workbook, run_export
from flows.errors import UserError, shown
from flows.settings import Settings
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree

VERSION_2 = json.loads((Path(__file__).parent / "datapackage-2.0.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def settings(registry, tmp_path_factory) -> Settings:
    """A home with three months of two districts."""
    made = Settings(home=tmp_path_factory.mktemp("home"))
    take_in(sample_tree(registry, 8, Period(2024, 10), Period(2024, 12), {"866", "867"}), made)
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
def texts(settings, tmp_path_factory) -> Path:
    """The package as CSV."""
    target = tmp_path_factory.mktemp("texts") / "package"
    export(settings, target, "csv")
    return target


@pytest.fixture(scope="module")
def book(settings, tmp_path_factory) -> Workbook:
    """The marts as a workbook, by the command."""
    target = tmp_path_factory.mktemp("book") / "mobility.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILITY_HOME", str(settings.home))
        assert shown(lambda: run_export(target)) == 0  # its name says what it is
        assert shown(lambda: run_export(target, "xlsx")) == 1  # it stands already
    return openpyxl.load_workbook(target)


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


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_descriptor_is_what_both_versions_of_the_standard_ask_for(folder, texts, form):
    """By Frictionless, and by the JSON schema of version 2 that check-datapackage 0.37 checks with."""
    said = json.loads(({"parquet": folder, "csv": texts}[form] / "datapackage.json").read_text("utf-8"))
    assert list(Package.metadata_validate(said)) == []
    assert [error.message for error in Draft7Validator(VERSION_2).iter_errors(said)] == []


def test_the_schema_of_version_2_refuses_a_package_that_is_none():
    assert list(Draft7Validator(VERSION_2).iter_errors({"resources": [{"name": "x", "schema": {"fields": [{}]}}]}))


def test_each_csv_holds_what_its_description_says(texts):
    for resource in Package(str(texts / "datapackage.json")).resources:
        report = resource.validate(limit_rows=100)
        assert report.valid, (resource.name, report.flatten(["type", "note"])[:3])


def test_a_csv_is_read_by_excel_and_holds_every_row(published, texts):
    for name in ("figures_district", "submission_log", "unit"):
        data = (texts / f"{name}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(StringIO(data.decode("utf-8-sig"))))
        assert rows[0] == published.table(f"marts.{name}").columns
        assert len(rows) - 1 == published.sql(f"SELECT count(*) FROM marts.{name}").fetchall()[0][0]


HARMFUL = '=HYPERLINK("http://x")'


def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_told_as_text():
    rows = pl.DataFrame({"file_name": [HARMFUL, "-1", "Đồng Tháp.xlsx", None], "codes": [["a", "b"], [], None, ["c"]]})
    lines = list(csv.reader(StringIO(mart_files.as_csv(rows).decode("utf-8-sig"))))
    assert lines[1:] == [[f"'{HARMFUL}", '["a", "b"]'], ["'-1", "[]"], ["Đồng Tháp.xlsx", ""], ["", '["c"]']]


def test_parquet_keeps_each_columns_meaning_with_it(folder, descriptor):
    for resource in descriptor["resources"]:
        schema = parquet.read_schema(folder / resource["path"])
        meanings = {field["name"]: field["description"] for field in resource["schema"]["fields"]}
        assert {one.name: one.metadata[b"description"].decode() for one in schema} == meanings


def test_the_workbook_has_the_dictionary_the_units_and_a_sheet_for_each_mart_on_todays_map(published, book):
    marts = [name for (name,) in published.sql("SHOW TABLES").fetchall()]
    assert book.sheetnames[:3] == ["Đọc trước", "dictionary", "unit"]
    assert sorted(book.sheetnames[1:]) == marts
    assert "địa giới hành chính hiện nay" in book["Đọc trước"]["A1"].value
    assert "mobility export THƯ_MỤC --format csv" in book["Đọc trước"]["A1"].value  # which has the other map too
    for mart in marts:
        sheet = book[mart]
        assert sheet.max_row - 1 == published.sql(f"SELECT count(*) FROM {mart}").fetchall()[0][0], mart
    header, first = list(book["figures_province"].iter_rows(max_row=2, values_only=True))
    row = dict(zip(header, first, strict=True))
    assert (row["map"], row["period"], row["period_start"]) == ("today", "2024-10", datetime(2024, 10, 1))
    assert isinstance(row["units_expected"], int)


@pytest.mark.parametrize(
    ("mart", "first"),
    [
        *(
            (mart, "2024-10")
            for mart in ("figures_province", "figures_district", "figures_commune", "reporting_status")
        ),
        *(
            (mart, "2024-10")
            for mart in ("indicator WHERE period_kind = 'month'", "waterfall WHERE period_kind = 'month'")
        ),
        ("indicator WHERE period_kind = 'quarter'", "2024-Q4"),
        ("indicator WHERE period_kind = 'rolling12'", "2024-10"),
        ("indicator WHERE period_kind = 'year'", "2024"),
        ("regulation_213", "2024-H2"),
        ("figures_commune_year", "2024"),
    ],
)
def test_figures_begin_where_reports_begin_and_not_with_the_january_before(published, mart, first):
    column = "year::VARCHAR" if mart == "figures_commune_year" else "period"
    assert published.sql(f"SELECT min({column}) FROM marts.{mart}").fetchone() == (first,)


def test_the_workbook_has_no_formula_and_days_that_excel_does_not_know_as_text(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type in ("f", "e")]
    assert "0001-01-01" in {cell.value for cell in cells}


def test_a_mart_that_a_sheet_does_not_hold_is_refused_and_no_file_left(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(mart_files, "MOST_ROWS", 1)
    with pytest.raises(UserError, match="does not hold"):
        export_workbook(settings, tmp_path / "new.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_copy_of_an_earlier_release_is_no_workbook_yet(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    (tmp_path / "published").mkdir()
    with duckdb.connect(tmp_path / "published" / "mobility-1.duckdb") as con:
        con.execute("CREATE SCHEMA marts; CREATE TABLE marts.unit AS SELECT 1 AS unit_code")
    (tmp_path / "published" / "mobility.duckdb").symlink_to("mobility-1.duckdb")
    assert shown(lambda: run_export(tmp_path / "new.xlsx", "xlsx")) == 1
    assert "phiên bản trước" in capsys.readouterr().err
    assert not (tmp_path / "new.xlsx").exists()


def test_a_workbook_has_a_name_by_which_programs_know_it(settings, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_HOME", str(settings.home))
    run_export(tmp_path / "figures.2024", "xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["figures.2024.xlsx"]
    assert "figures.2024.xlsx" in capsys.readouterr().out
    assert shown(lambda: run_export(tmp_path / "figures.2024", "xlsx")) == 1
    assert "figures.2024.xlsx đã có" in capsys.readouterr().err


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
