"""The names and lists of Kunshan's document that the function by hand works with."""

from __future__ import annotations

import datetime as dt

FIRST_DAY = dt.date(2017, 3, 6)
NOT_ADMINISTRATIVE = frozenset(
    {
        "bank_loan_approval", "enterprise_own_business", "financial_services", "bulk_trading", "consumer_credit",
        "employment",
    }
)  # fmt: skip
BY_DEPARTMENT = frozenset(
    {"routine_supervision", "random_inspection", "performance_evaluation", "major_decision", "cadre_assessment"}
)
KEY_FIELDS = frozenset(
    {
        "food_drug", "work_safety", "judgment_defaulter", "finance_tax", "environment", "product_quality",
        "healthcare", "construction", "government_procurement", "education_research", "social_security", "e_commerce",
        "equity_investment", "financing_guarantee", "contract_performance",
    }
)  # fmt: skip
REPORT_LISTED = frozenset(
    {
        "public_resource_allocation", "fiscal_funding", "policy_loan", "government_borrowing",
        "enterprise_award_rating", "personal_award_title", "honorary_title", "state_asset_transfer",
    }
)  # fmt: skip
COVERED = frozenset({"credit_status", "truthfulness", "liability"})
ALL_CONTENTS = frozenset(
    {
        "basic", "business", "finance", "bank_credit", "contract_performance", "public_supervision", "judicial",
        "grade_and_risk",
    }
)  # fmt: skip
HIGH_ENOUGH = frozenset({"county_city", "prefecture_city", "provincial", "national"})

_DEPARTMENTS = """
    发改委 发展和改革委员会 经信委 经济和信息化委员会 工业和信息化局 教育局 科技局 科学技术局 民政局 司法局 财政局
    人力资源和社会保障局 人社局 住房和城乡建设局 住建局 规划局 自然资源和规划局 交通运输局 水利局 水务局 农委
    农业委员会 农业农村局 商务局 文广新局 文化广电新闻出版局 文体广电和旅游局 体育局 环保局 环境保护局 生态环境局
    旅游局 审计局 安监局 安全生产监督管理局 应急管理局 市场监督管理局 物价局 国资办 国有资产监督管理办公室 国税局
    国家税务局 地税局 地方税务局 税务局
""".split()  # noqa: SIM905
PILOTS = frozenset(f"{before}{name}" for name in _DEPARTMENTS for before in ("", "市", "昆山市")) | {
    "海关", "昆山海关", "中华人民共和国昆山海关", "出入境检验检疫局", "昆山出入境检验检疫局",
    "人行", "人行昆山支行", "人行昆山市支行", "中国人民银行昆山市支行",
}  # fmt: skip

ACTS = {
    "report-off-standard": "出具的信用报告不符合国家规范或行业标准",
    "report-not-independent": "没有公平、公正、独立地出具信用报告",
    "secrets-and-privacy": "使用信用记录和报告时没有保护商业秘密或个人隐私",
}

_CITED = {
    "commitment-in-any-matter": "art5a",
    "one-instrument-in-key-fields": "art5b",
    "commitment-form": "art6",
    "simpler-approval-on-commitment": "art7",
    "liable-for-breach": "art8b",
    "breach-on-record": "art9",
    "review-only-by-centre": "art10",
    "review-in-five-working-days": "art11.s1",
    "review-or-report-for-funds": "art12.1 art17.1",
    "review-or-report-for-awards": "art12.3 art17.3",
    "review-for-approval": "art12.2 art13a",
    "review-for-qualification": "art12.4 art13a",
    "review-for-major-decision": "art12.5 art13a",
    "others-may-review": "art13b",
    "review-elsewhere": "art12.5",
    "review-counts-from-issue": "art14a",
    "review-counts-one-year": "art14a",
    "amend-review-after-major-change": "art14b",
    "review-not-amended": "art14b",
    "report-by-filed-agency": "art15 art20",
    "recognised-without-filing": "art15 art20",
    "report-contents": "art16",
    "report-for-public-money": "art17.1",
    "report-in-tenders": "art17.2",
    "report-for-state-property": "art17.3",
    "report-elsewhere": "art17.4",
    "report-counts-from-issue": "art19a",
    "report-counts-one-year": "art19a",
    "report-off-standard": "art21.s1b",
    "report-off-standard-may-be-refused": "art21.s1b",
    "report-not-independent": "art21.s2",
    "report-not-independent-may-be-refused": "art21.s2",
    "bank-uses-pboc-data": "art18a",
    "bank-double-report": "art18b",
    "secrets-and-privacy": "art28",
}
CLAUSES = {rule: tuple(f"kunshan/{clause}" for clause in cited.split()) for rule, cited in _CITED.items()}
