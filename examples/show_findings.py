"""Load a policy with mistakes: nothing is loaded, and every mistake is shown in the author's own words."""

from pathlib import Path

import creditrules as cr
from creditrules.render.findings import findings_text

broken = Path(__file__).with_name("broken-policy.yaml")

examined = cr.examine(broken)
print(findings_text(examined.findings, "zh"))
print()
print(findings_text(examined.findings, "en"))

assert examined.policy is None
assert [finding.code for finding in examined.findings] == ["CR204", "CR208", "CR205"]

# `load` gives a policy or raises; the exception carries the same findings.
refused: tuple[cr.Finding, ...] = ()
try:
    cr.load(broken)
except cr.PolicyError as error:
    refused = error.findings
assert refused == examined.findings
