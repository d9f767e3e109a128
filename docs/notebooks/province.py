"""The province at a glance: members, those away, districts, communes, in the latest month of whatever copy is open."""

import marimo

app = marimo.App(width="medium", app_title="Biến động đảng viên")


@app.cell
def _():
    import os

    import duckdb
    import marimo as mo

    # The tables of the copy are named in the queries alone.
    copy = duckdb.connect(os.environ.get("MOBILITY_COPY", "var/published/mobility.duckdb"), read_only=True)
    return copy, mo


@app.cell
def _(copy, mo):
    # A month that lacks reports would show the members of those who sent alone.
    month, members, away, reported, expected = copy.sql("""
        SELECT period, members_closing, away_total, units_reported, units_expected FROM figures_province
        WHERE away_total IS NOT NULL ORDER BY units_reported = units_expected DESC, period DESC LIMIT 1
    """).fetchone()
    told = [f"{count:,}".replace(",", ".") for count in (members, away, reported, expected)]
    mo.md(
        f"""# Tháng {month[5:]}/{month[:4]}

        {told[0]} đảng viên, {told[1]} người đi làm việc xa; {told[2]} trên {told[3]} chi bộ đã báo cáo. Đây là tháng
        gần nhất đủ báo cáo, nếu có. / *Members, those working away, and the cells that reported; the last month that is
        complete, where there is one.*
        """
    )
    return (month,)


@app.cell
def _(copy, mo, month):
    away_by_district = copy.execute(
        """SELECT unit_name, round(value / 10, 1) AS percent, round(lower / 10, 1) AS lower,
            round(upper / 10, 1) AS upper
        FROM indicator
        WHERE level = 'district' AND indicator = 'away_rate' AND period_kind = 'month' AND period = ?
        ORDER BY percent DESC""",
        [month],
    ).pl()
    mo.vstack(
        [
            mo.md("## Tỷ lệ đi làm việc xa theo huyện, % / Share away by district"),
            mo.ui.table(away_by_district, selection=None, pagination=False),
        ]
    )
    return (away_by_district,)


@app.cell
def _(copy, mo, month):
    communes = copy.execute(
        """SELECT district_name, unit_name, members_closing, away_total
        FROM figures_commune WHERE period = ? AND unit_code <> 'chua-phan-bo'
        ORDER BY away_total / members_closing DESC NULLS LAST""",
        [month],
    ).pl()
    mo.vstack([mo.md("## Các xã / Communes"), mo.ui.table(communes, selection=None, page_size=15)])
    return (communes,)


if __name__ == "__main__":
    app.run()
