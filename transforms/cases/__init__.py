"""The one life that all kinds of cases share: opened by nights, changed by people, closed by figures, replayable.

A kind of case (`transforms/alerts`, `transforms/followup`) adds three modules to it: its nouns, which extend those of
`case`; `transitions`, the table of what people can do to it; and `life`, what a night does to it.
"""
