"""Findings that follow from others: each would go with the other, and asks for what is no remedy. Pure."""

from collections.abc import Collection, Mapping

from paramsync.findings import UNREAD_TABLE, Finding
from paramsync.pages.acceptances import matches_model
from paramsync.pages.declared import matches
from paramsync.specs.document import Folder

STALE = "stale-acceptance"  # follows from an error of its model, or of the page that lists it: what is accepted may be there
# They follow from another error of their page, if they are about no model.
FROM_PAGE = {"lost-models", "overlay-unmatched"}
# A code -> those that follow from it on the same page.
FROM_CODE = {"lost-models": {"no-models"}, "duplicate-page": {"duplicate-model"}}


def drop_consequences(
    findings: Collection[Finding], folders: Mapping[str, Folder], prefix: str
) -> list[Finding]:
    """Return the findings that follow from no other, in the order of their places.

    `folders` tell where models stood; `prefix` is what the ids of the vendor's models begin with.
    """
    errors = [one for one in findings if one.is_error]
    cut_off = {one.model for one in errors if one.code == "missing-section" and one.model}
    broken = {one.page for one in errors if not one.model}
    doubtful = {(one.page, one.model) for one in errors if one.model and one.code != STALE}
    doubtful |= {(page, model) for page in broken & folders.keys() for model in folders[page].page.all_models}
    known = {name: {*folder.page.all_models} for name, folder in folders.items()}
    # Nobody knows the parameters of a model that is new to its page, so it may be one that the page seems to have lost.
    unread = {one.page for one in errors if one.code in UNREAD_TABLE and one.model not in known[one.page]}
    broken_first = {one.page for one in errors if not one.model and one.code not in FROM_PAGE}
    following = {(one.page, one.cause, code) for one in errors for code in FROM_CODE.get(one.code, ())}

    def follows(one: Finding) -> bool:
        if one.code == STALE:
            return any(
                matches(page, one.accepted_on) and matches_model(model, one.model, prefix)
                for page, model in doubtful
            )
        if one.code == "many-models-gone" and one.page in unread:
            return True
        if one.code in FROM_PAGE and not one.model and one.page in broken_first:
            return True
        return (one.is_error and one.model in cut_off) or (one.page, one.cause, one.code) in following

    return sorted((one for one in findings if not follows(one)), key=lambda one: one.place)
