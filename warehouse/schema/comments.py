"""The columns of the facts' tables, which the contract's forms, labels and meanings give."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS, Form

# Columns that every form's table has besides its measures: whose row it is, then those before them, and after.
KEYS = {
    "cell_code": ("VARCHAR NOT NULL", "Mã chi bộ / Code of the party cell"),
    "commune_code": ("VARCHAR NOT NULL", "Mã xã, phường, thị trấn cuối kỳ / Code of the commune at the period's end"),
}
BEFORE = {
    "period": ("VARCHAR NOT NULL", "Kỳ: YYYY-MM; YYYY-H1, YYYY-H2; hoặc YYYY / Month, half-year or year"),
    "period_start": ("DATE NOT NULL", "Ngày đầu kỳ / First day of the period"),
    "period_kind": ("VARCHAR NOT NULL", "month: tháng; half: nửa năm; year: năm / Month, half-year or year"),
}
AFTER = {
    "reporter_code": ("VARCHAR NOT NULL", "Đơn vị đã báo cáo / The reporter"),
    "submission_id": ("BIGINT NOT NULL", "Tệp có số liệu này / The submission the figures come from"),
    "version_id": ("BIGINT NOT NULL", "Phiên bản, xem ledger.version / The version, see ledger.version"),
    "recorded_at": ("DATE NOT NULL", "Đêm ghi nhận / The night it was recorded"),
    "superseded_at": (
        "DATE",
        "Đêm bị thay thế; trống nếu còn hiệu lực / The night it was replaced, null while it stands",
    ),
    "superseded_by": (
        "BIGINT",
        "Tệp thay thế; trống nếu bị rút lại hoặc còn hiệu lực / "
        "The submission that replaced it, null while it stands or if it was taken back",
    ),
}
MEASURE = "BIGINT"


def columns(form: Form) -> dict[str, tuple[str, str]]:
    """The columns of a form's table: each one's type, and its comment, Vietnamese / English."""
    said = {each.name: (MEASURE, f"{each.meaning_vi} / {each.meaning_en}") for each in form.measures}
    return {form.key: KEYS[form.key]} | BEFORE | said | AFTER


def comment_facts(con: DuckDBPyConnection) -> None:
    """Set each comment that is not yet as the contract has it; a form's table may wait for a later migration."""
    have = dict(con.execute(_COMMENTS).fetchall())
    for form in FORMS.values():
        table = f"facts.{form.name}"
        if f"TABLE {table}" not in have:
            continue
        wanted = {f"TABLE {table}": f"{form.label_vi} / {form.label_en}"}
        wanted |= {f"COLUMN {table}.{column}": comment for column, (_, comment) in columns(form).items()}
        for what, comment in wanted.items():
            if have.get(what) != comment:
                con.execute(f"COMMENT ON {what} IS {quoted(comment)}")


def quoted(text: str) -> str:
    """A text as SQL writes it, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


_COMMENTS = """
SELECT 'TABLE facts.' || table_name, comment FROM duckdb_tables() WHERE schema_name = 'facts'
UNION ALL
SELECT 'COLUMN facts.' || table_name || '.' || column_name, comment FROM duckdb_columns() WHERE schema_name = 'facts'
"""
