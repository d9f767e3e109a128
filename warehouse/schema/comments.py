"""The comments of the facts' tables, which the contract's labels and meanings give."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS, Form

# Columns that every form's table has besides its measures.
COMMON = {
    "cell_code": "Mã chi bộ / Code of the party cell",
    "period": "Kỳ: YYYY-MM, hoặc YYYY-H1, YYYY-H2 / Month or half-year",
    "period_start": "Ngày đầu kỳ / First day of the period",
    "period_kind": "month: tháng; half: nửa năm / Month or half-year",
    "reporter_code": "Đơn vị đã báo cáo / The reporter",
    "submission_id": "Tệp có số liệu này / The submission the figures come from",
    "version_id": "Phiên bản, xem ledger.version / The version, see ledger.version",
    "recorded_at": "Đêm ghi nhận / The night it was recorded",
    "superseded_at": "Đêm bị thay thế; trống nếu còn hiệu lực / The night it was replaced, null while it stands",
    "superseded_by": "Tệp thay thế; trống nếu bị rút lại hoặc còn hiệu lực / "
    "The submission that replaced it, null while it stands or if it was taken back",
}


def columns(form: Form) -> dict[str, str]:
    """The columns of a form's table, each with its comment, Vietnamese / English."""
    lead = ("cell_code", "period", "period_start", "period_kind")
    said = {measure.name: f"{measure.meaning_vi} / {measure.meaning_en}" for measure in form.measures}
    return {name: COMMON[name] for name in lead} | said | {k: v for k, v in COMMON.items() if k not in lead}


def comment_facts(con: DuckDBPyConnection) -> None:
    """Set each comment that is not yet as the contract has it."""
    have = dict(con.execute(_COMMENTS).fetchall())
    for form in FORMS.values():
        table = f"facts.{form.name}"
        wanted = {f"TABLE {table}": f"{form.label_vi} / {form.label_en}"}
        wanted |= {f"COLUMN {table}.{column}": comment for column, comment in columns(form).items()}
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
