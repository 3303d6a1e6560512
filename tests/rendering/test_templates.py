"""A template that prints a text past the filters is refused with its line.

Modules: catalogue, environment, keys, lost_names, outputs, render.
"""

import pytest

from support.hostile import spec_files
from support.hostile_roots import add_specs, check_messages
from support.roots import Root

BARE = {
    "{{ model.title }}": "is printed without a filter",
    "{{ model.capabilities }}": "is printed without a filter",
    "{{ [model.title] | join(', ') }}": "is printed without a filter",
    "{{ 'x' ~ model.title }}": "may not use operators",
    "{{ (model.title | prose) ~ model.title }}": "may not use operators",
    "{{ (model.title | prose) + model.title }}": "may not use operators",
    "{{ '%s' % model.title }}": "may not use operators",
    "{{ ('' | prose).join([model.title]) }}": "",
    "{{ ('{}' | prose).format(model.title) }}": "",
    "{{ model.title.upper() }}": "call anything but macros",
    "{{ model.title | safe }}": "there is no filter 'safe' (known: anchor, annotation, ",
    "{{ model.title | proze }}": ", vectors); did you mean 'prose'?",
    "{{ model.tittle | prose }}": "a model has no 'tittle'; did you mean 'title'?",
    "{{ vendor.nam | prose }}": "a vendor has no 'nam'; did you mean 'name'?",
    "{{ model.spec.titel | json }}": "an object has no 'titel'; did you mean 'title'?",
}


@pytest.mark.parametrize("print_", BARE)
def test_a_template_that_prints_a_text_past_the_filters_is_refused_with_its_line(
    full_root: Root, print_: str
) -> None:
    add_specs(full_root, spec_files(0, "plain"))
    path = "templates/python/{package}/typed/{model}.py.jinja"
    text = (full_root.path / path).read_text(encoding="utf-8")
    (full_root.path / path).write_text(text + print_ + "\n", encoding="utf-8")
    ran = full_root.run("generate")
    assert ran.code == 3
    assert ran.err.startswith(f"{path}:{text.count(chr(10)) + 1}")
    assert BARE[print_] in ran.err
    check_messages(ran)
