"""Cangzhou's document as a programmer would write it by hand in SQL: one statement for DuckDB over a flat table.

A row is a request: a day `on`, a column for each fact (`subject.kind`, `matter.code`), and the papers as a list of
structs under `documents`, their issuers as structs within. NULL is unknown. The matter is always told, and no source
was consulted. Out come the outcome, the measures and the rules that hold, those about a paper with its id
(`unapproved-agency|d0`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

COLUMNS = {
    "subject": (
        "kind", "credit_standing", "credit_grade_high", "on_red_list", "on_black_list", "dishonest",
        "dishonesty_category", "dishonesty_severity",
    ),
    "matter": ("code", "field", "central_procurement", "project_state_funded", "project_public_works"),
}  # fmt: skip
PAPER = {
    "document": ("id", "kind", "shows_poor_credit"),
    "issuer": ("credit_service_agency", "business", "operates_locally", "pboc_filing_level"),
}

SQL = """
WITH told AS (
  SELECT row, "on" >= DATE '2020-10-04' AS in_force,
    "matter.code" AS code, "subject.kind" AS kind, "subject.credit_standing" AS standing,
    "subject.credit_grade_high" AS grade_high, "subject.on_red_list" AS red, "subject.dishonest" AS dishonest,
    -- what rests on dishonesty is not so where there was none
    coalesce("subject.on_black_list", CASE WHEN NOT "subject.dishonest" THEN FALSE END) AS black,
    CASE WHEN "subject.dishonesty_category" IS NOT NULL OR NOT "subject.dishonest" THEN TRUE END AS category_told,
    CASE WHEN "subject.dishonesty_severity" IS NOT NULL THEN TRUE
         WHEN NOT "subject.dishonest" THEN FALSE END AS severity_told,
    "matter.central_procurement" AS central,
    "matter.project_state_funded" OR "matter.project_public_works" AS public_project,
    -- of the dishonest, priority and incentives wait until category and degree are told
    NOT (black OR "subject.dishonest") OR (category_told AND severity_told) AS punishment_clear,
    list_has_any("matter.field", ['food_drug', 'environment', 'work_safety', 'product_quality', 'healthcare',
      'construction', 'education_research', 'e_commerce', 'financing_guarantee', 'market_intermediary']) AS key_field,
    "matter.code" NOT IN ('bank_loan_approval', 'consumer_credit', 'financial_services', 'bulk_trading',
      'enterprise_own_business', 'employment') AS administrative,
    list_transform(documents, lambda one: {
      'id': one.id,
      'record': one.kind = 'credit_record',
      'report': one.kind IN ('credit_report', 'third_party_personal_report'),
      'poor': one.shows_poor_credit,
      'agency': one.kind IN ('credit_record', 'credit_report', 'credit_review_report', 'third_party_personal_report',
          'rating_certificate')
        AND one.issuer.credit_service_agency,
      'unapproved': one.kind IN
          ('credit_record', 'credit_report', 'credit_review_report', 'third_party_personal_report',
           'rating_certificate')
        AND one.issuer.credit_service_agency
        AND one.issuer.business IN ('enterprise_credit_reporting', 'enterprise_credit_rating')
        AND one.issuer.operates_locally
        AND one.issuer.pboc_filing_level NOT IN ('provincial_capital_branch', 'head_office')
    }) AS papers
  FROM requests
), papers AS (
  -- for each want: is there such a paper, and one that may not be declined; NULL where it cannot be told
  SELECT *,
    list_transform(papers, lambda one: one.record) AS records,
    list_transform(papers, lambda one: one.report) AS reports,
    list_transform(papers, lambda one: one.record OR one.report) AS eithers,
    list_transform(papers, lambda one: one.record AND NOT one.unapproved) AS clean_records,
    list_transform(papers, lambda one: one.report AND NOT one.unapproved) AS clean_reports,
    list_transform(papers, lambda one: (one.record OR one.report) AND NOT one.unapproved) AS clean_eithers,
    list_transform(papers, lambda one: one.report AND NOT one.poor) AS good_reports,
    list_transform(papers, lambda one: one.report AND one.poor AND NOT one.unapproved) AS clean_poor_reports,
    list_transform(papers, lambda one: one.report AND one.poor AND one.unapproved) AS doubtful_poor_reports
  FROM told
), rules AS (
  SELECT row, in_force, code, papers,
    any3(records) AS record, any3(reports) AS report, any3(eithers) AS either_,
    any3(clean_records) AS clean_record, any3(clean_reports) AS clean_report, any3(clean_eithers) AS clean_either,
    administrative,
    kind NOT IN ('individual', 'government_agency') AS market_entity,
    code = 'government_procurement' AND central AS procurement_record,
    code = 'government_procurement' AND kind = 'company' AND central AND standing = 'good' AND grade_high
      AND punishment_clear AS procurement_priority,
    code = 'government_procurement' AND kind = 'company' AND central AND standing = 'poor' AS procurement_exclusion,
    code = 'land_use_right_transfer' AND kind IN ('company', 'individual', 'sole_proprietor') AS land,
    code = 'construction_bidding' AND kind = 'company' AND public_project AS works,
    code = 'state_asset_transfer' AS assets,
    code = 'state_asset_transfer' AND (NOT any3(good_reports) OR any3(clean_poor_reports)) AS assets_exclusion,
    -- a poor report that may be declined, beside one that shows nothing poor
    code = 'state_asset_transfer' AND any3(doubtful_poor_reports) AND any3(good_reports)
      AND NOT any3(clean_poor_reports) AS assets_report_in_doubt,
    code = 'fiscal_funding' AS funding,
    code = 'fiscal_funding' AND standing = 'good' AND punishment_clear AS funding_priority,
    code = 'fiscal_funding' AND standing = 'poor' AS funding_exclusion,
    code = 'tax_incentive' AND kind = 'company' AS tax_standing_weighs,
    code = 'tax_incentive' AND kind = 'company' AND standing = 'good' AND punishment_clear AS tax_priority,
    code IN ('enterprise_award_rating', 'honorary_title', 'periodic_inspection') AND kind = 'company' AS awards,
    code IN ('qualification_review', 'personal_qualification') AND kind <> 'government_agency' AS qualifications,
    code = 'public_resource_allocation' AND kind IN ('individual', 'sole_proprietor') AS housing,
    code = 'public_resource_allocation' AND kind IN ('individual', 'sole_proprietor') AND standing = 'poor'
      AS housing_poor_credit,
    code = 'civil_service_personnel' AS personnel,
    code IN ('enterprise_own_business', 'bulk_trading', 'employment') AS enterprises_may_weigh,
    administrative AND key_field AS in_key_field,
    administrative AND red AND black AS on_both_lists,
    administrative AND (red OR standing = 'good') AND punishment_clear AS incentives,
    administrative AND (black OR dishonest) AND category_told AND severity_told AS punish_by_degree
  FROM papers
), general AS (
  SELECT *,
    -- an item that speaks goes before what is said in general
    procurement_record OR land OR works OR assets OR funding OR awards OR qualifications OR housing AS item
  FROM rules
), keyed AS (
  SELECT *, in_key_field AND NOT item AS ask_in_key_fields,
    administrative AND market_entity AND NOT item AS in_general
  FROM general
), rungs AS (
  SELECT *, in_general AND NOT ask_in_key_fields AS ask_in_general, in_general AS weighs_in_general,
    procurement_exclusion OR assets_exclusion OR funding_exclusion AS excluded,
    (procurement_record OR housing) AND NOT record
      OR (land OR works OR assets OR funding OR awards OR qualifications) AND NOT either_
      OR assets AND NOT report AS pending,
    (procurement_record OR housing) AND NOT clean_record
      OR (land OR works OR assets OR funding OR awards OR qualifications) AND NOT clean_either
      OR assets AND NOT clean_report OR assets_report_in_doubt
      OR punish_by_degree OR housing_poor_credit OR on_both_lists AS discretionary
  FROM keyed
)
SELECT
  CASE
    WHEN NOT in_force THEN 'not_applicable'
    WHEN excluded THEN 'excluded'
    WHEN excluded IS NULL THEN 'undetermined'
    WHEN pending THEN 'pending'
    WHEN pending IS NULL THEN 'undetermined'
    WHEN discretionary THEN 'discretionary'
    WHEN discretionary IS NULL THEN 'undetermined'
    WHEN code IN ('routine_supervision', 'random_inspection', 'performance_evaluation', 'major_decision',
      'cadre_assessment') THEN 'assessed'
    ELSE 'proceed'
  END AS outcome,
  CASE WHEN in_force THEN list_filter([
    CASE WHEN assets_exclusion THEN 'exclude_from_transferee_candidates' END,
    CASE WHEN funding_exclusion THEN 'exclude_from_funding' END,
    CASE WHEN procurement_exclusion THEN 'exclude_from_supplier_list' END,
    CASE WHEN punish_by_degree THEN 'implement_punishment_by_degree' END,
    CASE WHEN funding_priority THEN 'priority_funding' END,
    CASE WHEN procurement_priority THEN 'priority_in_evaluation' END,
    CASE WHEN tax_priority THEN 'priority_tax_support' END
  ], lambda one: one IS NOT NULL) ELSE [] END AS measures,
  CASE WHEN in_force THEN list_concat(list_filter([
    CASE WHEN ask_in_general THEN 'ask-in-general' END,
    CASE WHEN ask_in_key_fields THEN 'ask-in-key-fields' END,
    CASE WHEN assets THEN 'assets' END,
    CASE WHEN assets THEN 'assets-record-weighs' END,
    CASE WHEN assets THEN 'assets-report' END,
    CASE WHEN assets_exclusion THEN 'assets-exclusion' END,
    CASE WHEN assets_report_in_doubt THEN 'assets-report-in-doubt' END,
    CASE WHEN awards THEN 'awards-and-inspection' END,
    CASE WHEN administrative THEN 'check-lists' END,
    CASE WHEN enterprises_may_weigh THEN 'enterprises-may-weigh' END,
    CASE WHEN funding THEN 'funding' END,
    CASE WHEN funding THEN 'funding-papers-weigh' END,
    CASE WHEN funding_exclusion THEN 'funding-exclusion' END,
    CASE WHEN funding_priority THEN 'funding-priority' END,
    CASE WHEN housing THEN 'housing' END,
    CASE WHEN housing_poor_credit THEN 'housing-poor-credit' END,
    CASE WHEN incentives THEN 'incentives' END,
    CASE WHEN land THEN 'land' END,
    CASE WHEN on_both_lists THEN 'on-both-lists' END,
    CASE WHEN personnel THEN 'personnel' END,
    CASE WHEN procurement_exclusion THEN 'procurement-exclusion' END,
    CASE WHEN procurement_priority THEN 'procurement-priority' END,
    CASE WHEN procurement_record THEN 'procurement-record' END,
    CASE WHEN procurement_record THEN 'procurement-record-weighs' END,
    CASE WHEN punish_by_degree THEN 'punish-by-degree' END,
    CASE WHEN qualifications THEN 'qualifications' END,
    CASE WHEN tax_priority THEN 'tax-priority' END,
    CASE WHEN tax_standing_weighs THEN 'tax-standing-weighs' END,
    CASE WHEN weighs_in_general THEN 'weighs-in-general' END,
    CASE WHEN works THEN 'works' END
  ], lambda one: one IS NOT NULL),
  list_transform(list_filter(papers, lambda one: administrative AND one.agency),
    lambda one: 'preferred-agencies|' || one.id),
  list_transform(list_filter(papers, lambda one: administrative AND one.agency),
    lambda one: 'recommended-list|' || one.id),
  list_transform(list_filter(papers, lambda one: one.unapproved), lambda one: 'unapproved-agency|' || one.id),
  list_transform(list_filter(papers, lambda one: one.unapproved),
    lambda one: 'unapproved-agency-may-be-refused|' || one.id)
  ) ELSE [] END AS rules
FROM rungs
ORDER BY row
"""

# One of a list holds; NULL where that cannot be told.
_ANY3 = """
CREATE OR REPLACE MACRO any3(truths) AS CASE
  WHEN list_contains(truths, TRUE) THEN TRUE
  WHEN truths IS NULL OR list_count(truths) < len(truths) THEN NULL
  ELSE FALSE END
"""


def connect(threads: int = 1) -> Any:
    """Open a database in memory that knows what the statement needs."""
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    connection.execute(_ANY3)
    return connection


def decide_table(connection: Any, table: Any) -> Any:
    """Decide an Arrow table of requests by Cangzhou's document."""
    import numpy as np
    import pyarrow as pa

    numbered = table.append_column("row", pa.array(np.arange(table.num_rows)))
    connection.register("requests", numbered)
    return connection.sql(SQL).to_arrow_table()


def as_table(requests: Sequence[dict[str, Any]]) -> Any:
    """Make the flat table of requests given as mappings."""
    import datetime as dt

    import pyarrow as pa

    columns: dict[str, list[Any]] = {"on": [dt.date.fromisoformat(one["on"]) for one in requests]}
    for scope, names in COLUMNS.items():
        for name in names:
            columns[f"{scope}.{name}"] = [one.get(scope, {}).get(name) for one in requests]
    own, issuer = ([(name, _kind(name)) for name in PAPER[scope]] for scope in ("document", "issuer"))
    fields = [*own, ("issuer", pa.struct(issuer))]
    documents = pa.array(
        [None if one.get("documents") is None else [_paper(paper) for paper in one["documents"]] for one in requests],
        pa.list_(pa.struct(fields)),
    )
    kinds = {"on": pa.date32(), "matter.field": pa.list_(pa.string())}
    made = {
        name: pa.array(values, kinds.get(name) or _kind(name.partition(".")[2])) for name, values in columns.items()
    }
    return pa.table({**made, "documents": documents})


_YES_NO = {
    "credit_grade_high", "on_red_list", "on_black_list", "dishonest", "central_procurement", "project_state_funded",
    "project_public_works", "shows_poor_credit", "credit_service_agency", "operates_locally",
}  # fmt: skip


def _kind(name: str) -> Any:
    import pyarrow as pa

    return pa.bool_() if name in _YES_NO else pa.string()


def _paper(paper: dict[str, Any]) -> dict[str, Any]:
    issuer = paper.get("issuer") or {}
    told = {name: paper.get(name) for name in PAPER["document"]}
    return {**told, "issuer": {name: issuer.get(name) for name in PAPER["issuer"]}}
