"""How figures moved after they were first reported: who corrects, what the last night changed, what was known when."""

import marimo

app = marimo.App(width="medium", app_title="Đính chính")


@app.cell
def _():
    import os

    import duckdb
    import marimo as mo

    copy = duckdb.connect(os.environ.get("MOBILITY_COPY", "var/published/mobility.duckdb"), read_only=True)
    return copy, mo


@app.cell
def _(copy, mo):
    senders = copy.sql("""
        SELECT max_by(unit_name, period) AS unit_name, count(DISTINCT (form, period)) AS tables,
            count(DISTINCT (form, period)) FILTER (version_no > 1) AS corrected,
            median(days_after_period) FILTER (version_no > 1) AS median_days
        FROM revision GROUP BY unit_code ORDER BY corrected DESC, unit_name
    """).pl()
    mo.vstack([mo.md("# Ai sửa nhiều nhất / Who corrects most"), mo.ui.table(senders, selection=None)])
    return (senders,)


@app.cell
def _(copy, mo):
    last_night = copy.sql("""
        SELECT unit_name, form, period, measure, previous_value, value FROM revision
        WHERE recorded_at = (SELECT max(recorded_at) FROM revision) AND previous_value IS DISTINCT FROM value
        ORDER BY unit_name, period, form, measure
    """).pl()
    mo.vstack([mo.md("## Đêm gần nhất / The last night"), mo.ui.table(last_night, selection=None)])
    return (last_night,)


@app.cell
def _(mo):
    days = mo.ui.slider(5, 90, value=40, label="Số ngày sau kỳ / Days after the period")
    days
    return (days,)


@app.cell
def _(copy, days, mo):
    then_and_now = copy.execute(
        """SELECT unit_name, period, measure, max(value) FILTER (days_after_period <= $days
                AND coalesce(superseded_at > period_end + $days, true)) AS then_known,
            max(value) FILTER (is_standing) AS now_known
        FROM revision GROUP BY unit_name, period, measure HAVING then_known IS DISTINCT FROM now_known
        ORDER BY period, unit_name, measure""",
        {"days": days.value},
    ).pl()
    mo.vstack([mo.md("## Khi đó và nay / Then and now"), mo.ui.table(then_and_now, selection=None)])
    return (then_and_now,)


if __name__ == "__main__":
    app.run()
