"""Other engines on the generated work: one module each, with `NAME`, `PACKAGE` and `load(policy)`.

What `load` gives has `decide(subject, matter)`, and where the engine can, `explain(subject, matter)` and
`batch(table)`. Each takes the subjects as they are and gives the answer in full; what an engine needs converted is
converted within the time that is measured. `MODULES` lists them.
"""

MODULES = (
    "datalogic",
    "zen_expressions",
    "zen_table",
    "cel_expr",
    "durable",
    "cedar",
    "rego",
    "openfisca",
    "duckdb_case",
)
