"""Findings that follow from others: each would go with the other, and asks for what is no remedy. Pure."""

from collections.abc import Collection, Mapping

from paramsync.findings import Finding
from paramsync.pages.profile import matches, matches_model

STALE = "stale-acceptance"  # follows from an error of its model, or of the page that lists it: what is accepted may be there
# They follow from another error of their page, if they are about no model.
FROM_PAGE = {"lost-models", "overlay-unmatched"}
# A code -> those that follow from it on the same page.
FROM_CODE = {"lost-models": {"no-models"}, "duplicate-page": {"duplicate-model"}}


def drop_consequences(findings: Collection[Finding], pages: Mapping[str, str]) -> list[Finding]:
    """Leave out the findings that follow from others; `pages` gives the page that a model stands on, or stood on."""
    errors = [one for one in findings if one.is_error]
    cut_off = {one.model for one in errors if one.code == "missing-section" and one.model}
    broken = {_page(one) for one in errors if not one.model}
    doubtful = {(_page(one), one.model) for one in errors if one.model and one.code != STALE}
    doubtful |= {(page, model) for model, page in pages.items() if page in broken}
    broken_first = {_page(one) for one in errors if not one.model and one.code not in FROM_PAGE}
    following = {(_page(one), one.cause, code) for one in errors for code in FROM_CODE.get(one.code, ())}

    def follows(one: Finding) -> bool:
        if one.code == STALE:
            return any(
                matches(page, one.cause) and matches_model(model, one.model) for page, model in doubtful
            )
        if one.code in FROM_PAGE and not one.model and _page(one) in broken_first:
            return True
        return (one.is_error and one.model in cut_off) or (_page(one), one.cause, one.code) in following

    return [one for one in findings if not follows(one)]


def _page(finding: Finding) -> str:
    """Return the folder of the page of a finding, also where it is about the folder itself."""
    return finding.page or finding.place.file.partition("/")[2]
