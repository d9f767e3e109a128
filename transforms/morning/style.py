"""How the morning page looks: on a desk, on a telephone, on A4."""

from __future__ import annotations

from importlib.resources import files

DRAWINGS = files("transforms.drawing").joinpath("drawing.css").read_text("utf-8")

STYLE = (
    f"""{DRAWINGS}"""
    + """
:root{color-scheme:light;--ink:#1b232c;--soft:#55606b;--line:#dde2e8;--pale:#f5f7f9;--high:#a3211a;--medium:#8a5a00;
--low:#4d5a67;--link:#1f4468;--good:#1d5f3a}
*{box-sizing:border-box}
body{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;color:var(--ink);
background:#fff;margin:0 auto;max-width:66rem;padding:1.6rem 1.4rem 3rem;overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.25;margin:.1rem 0 .3rem;letter-spacing:-.01em}
h2{font-size:1.25rem;line-height:1.3;margin:2.6rem 0 .7rem;padding-top:.7rem;border-top:2px solid var(--ink)}
h3{font-size:.95rem;margin:1.6rem 0 .6rem;color:var(--soft);font-weight:600}
h4{font-size:1.1rem;margin:0;display:inline}
p{margin:.4rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid #f0a020;outline-offset:2px}
.kicker{font-size:.9rem;color:var(--soft);margin:0}
.note{font-size:.9rem;color:var(--soft)}
.lead{border-left:.4rem solid var(--good);background:var(--pale);padding:1rem 1.2rem;margin:1.3rem 0 1rem}
.lead.high{border-color:var(--high)}.lead.medium{border-color:var(--medium)}
.lead p{margin:0}.lead .first{font-size:1.3rem;line-height:1.4}.lead .then{margin-top:.4rem;color:var(--soft)}
.lead ul.then{padding-left:1.2rem;margin-bottom:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem;list-style:none;margin:0;
padding:0}
.tiles a{display:block;height:100%;border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;
text-decoration:none;color:var(--soft);font-size:.87rem;line-height:1.35}
.tiles a:hover{border-color:var(--link)}
.tiles b{display:block;font-size:1.6rem;line-height:1.2;color:var(--ink);font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;margin:.4rem 0}
caption{text-align:left;font-size:.9rem;color:var(--soft);padding-bottom:.3rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.84rem;font-weight:600;color:var(--soft);border-bottom-color:#aab2bb}
tbody th{font-weight:600;overflow-wrap:anywhere}
h4,p,li,figcaption{overflow-wrap:anywhere}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .n{white-space:normal}
.file{font-weight:400;color:var(--soft);font-size:.87rem;display:block;overflow-wrap:anywhere}
.tag{font-size:.78rem;font-weight:700;padding:.1rem .5rem;border-radius:1rem;border:1px solid;white-space:nowrap}
.high .tag{color:#fff;background:var(--high);border-color:var(--high)}
.medium .tag{color:var(--medium);background:#fff6e2}
.low .tag,.tag.new,.past .tag{color:var(--low);background:var(--pale)}
article{border:1px solid var(--line);border-left:.35rem solid var(--low);border-radius:.3rem;padding:.9rem 1.1rem;
margin:0 0 1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:.3rem 1.6rem}
article.high{border-left-color:var(--high)}article.medium{border-left-color:var(--medium)}
article header,article>div{min-width:0}
article header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.2rem .6rem}
article .when{font-size:.88rem;color:var(--soft);margin:.1rem 0 .5rem}
article .seen{font-size:1.04rem}
article code{font-size:.78rem;color:var(--soft);overflow-wrap:anywhere}
figure{margin:.4rem 0 0;min-width:0}
figure svg{display:block;width:100%;height:auto;max-width:32rem}
figure svg text{font-family:inherit}
figcaption{font-size:.85rem;color:var(--soft);line-height:1.4}
figcaption b{color:var(--ink);font-weight:600}
details{margin-top:.3rem;font-size:.88rem}
summary{cursor:pointer;color:var(--link)}
details table{font-size:.88rem}
.spark{display:block;width:7.5rem;height:1.7rem}
.spark polyline{fill:none;stroke:#1f4468;stroke-width:1.6}
.spark circle{fill:#1f4468}
.word{font-weight:600}
.word,.whole{white-space:nowrap}
.brief{list-style:none;padding:0;margin:0}
.names{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.1rem 1rem;list-style:none;
margin:.3rem 0 0;padding:0}.brief .names li{padding:0;border:0}
.brief li{padding:.5rem 0;border-bottom:1px solid var(--line)}
footer{margin-top:2.6rem;padding-top:.8rem;border-top:1px solid var(--line);font-size:.86rem;color:var(--soft)}
@media (min-width:56rem){
article.drawn{grid-template-columns:minmax(0,1fr) 27rem}
article.drawn>header{grid-column:1/-1}
}
@media (max-width:40rem){
body{padding:1rem .9rem 2rem;font-size:15.5px}
h1{font-size:1.4rem}.lead{padding:.8rem .9rem}.lead .first{font-size:1.12rem}
.tiles{grid-template-columns:1fr 1fr}
article{padding:.8rem .8rem}
table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.stack tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
table.stack th,table.stack td{display:block;border:0;padding:.05rem 0;text-align:left}
table.stack td:has(.spark)::before{content:none!important}
table.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}
}
@media print{
@page{size:A4;margin:13mm 14mm 14mm}
html{font-size:10pt}
body{font-size:1rem;line-height:1.42;max-width:none;padding:0}
h2{margin-top:1.5rem;break-after:avoid}h3{margin:1rem 0 .5rem;break-after:avoid}
.lead,.tiles a{background:none}
th,td{padding-top:.25rem;padding-bottom:.25rem}
article{padding:.6rem .9rem;margin-bottom:.7rem}
article,tr,.lead,figure,.brief li{break-inside:avoid}
thead{display:table-header-group}
article.drawn{grid-template-columns:minmax(0,1fr) 8.4cm}article.drawn>header{grid-column:1/-1}
details,footer .how{display:none}
a{color:inherit;text-decoration:none}
.high .tag{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""
)
