"""A company and its papers in Zhangye, for tests of days that pass."""

from __future__ import annotations

from typing import Any


def waiting_in_zhangye(published_on: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give a company and its papers in Zhangye, where a report of an agency from elsewhere was published on a day."""
    issuer = {"credit_service_agency": True, "independent": True, "registered_locally": False, "filed_locally": False}
    report = {
        "id": "r", "kind": "credit_report", "meets_national_standard": True, "pboc_review_passed": "passed",
        "pboc_opinion_filed": True, "filed_with_credit_office": True, "published_on": published_on,
        "publicity_objection": False, "issuer": {**issuer, "filing_proof": True},
    }  # fmt: skip
    record = {"id": "k", "kind": "credit_record", "issuer": {"credit_service_agency": True}}
    subject = {"kind": "company", "dishonest": False, "on_red_list": False, "credit_standing": "ordinary"}
    return subject, [report, record]
