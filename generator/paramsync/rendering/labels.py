"""What can be said of a row of a table: in the order in which people read it, each under a label. Pure data."""

from paramsync.pages.sources import REQUIRED_WITH, UNLESS
from paramsync.rules import RULES

# The columns of the table, in their order, and what stands beside it.
LABELS = {
    "type": "Type",
    "required": "Required",
    REQUIRED_WITH: "Required With",
    UNLESS: "Required Without",
    "requires": "Requires",
    "default": "Default",
    **{rule.keyword: rule.header for rule in RULES},
    "choices": "Allowed Values",
    "label": "Label",
    "kind": "Kind of File",
    "price": "Changes the Price",
    "notes": "Notes",
    "description": "Description",
    "name_in_code": "Name in Code",
}
