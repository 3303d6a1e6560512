"""What the profile says of tables: endpoints in texts, and mistakes in [tables].

Modules: endpoints.
"""

import pytest

from paramsync.config import read_config
from paramsync.findings import InputError
from paramsync.pages.endpoints import find_endpoint, read_path
from paramsync.pages.profile import Profile
from paramsync.paths import PROFILE

ENDPOINTS = {
    "POST /v1/images": "POST /v1/images",
    "post https://api.example.com/v1/images/": "POST /v1/images",
    "GET https://api.example.com:8443/v1/images/{id}?a=b": "GET /v1/images/{id}",
    "DELETE /v1/voices/:voice_id": "DELETE /v1/voices/:voice_id",
    "POST{base_url}/v1/images": "POST /v1/images",
    "PUT: /v1/images HTTP/1.1": "PUT /v1/images",
    "**Endpoint**: PATCH /v1/images": "PATCH /v1/images",
    "Request URL: GET /": "GET /",
    "Use POST /v1/images instead": "",
    "POST": "",
    "Postal /v1/images": "",
    "POST /v1/images and more": "",
    "GET " + "/a" * 5000: "",
}
PATHS = {
    "/v1/x": "/v1/x",
    "https://a.example/v1/x": "/v1/x",
    "wss://a.example/v1": "/v1",
    "https": "",
    "/": "",
    "a/b": "",
}
MISTAKES = {
    'id = "head"': "tables.id: must be 'label', 'heading', 'endpoint', 'endpoint or heading' or 'page'",
    "id = 1": "tables.id: must be 'label', 'heading', 'endpoint', 'endpoint or heading' or 'page'",
    "level = 7": "tables.level: must be less than or equal to 6",
    'heading = "The object"': "tables.heading: 'The object' needs the placeholder {id}, and each placeholder once",
    'needs = ["nam"]': "tables.needs: 'nam' is not a meaning of a column; did you mean 'name'?",
    'values = "yaml"': "tables.values: must be 'code', 'bare' or 'json'",
    'nested = "ab"': "tables.nested: ",
    "joined = 1": "tables.joined: must be true or false",
    "ignore = []": "tables.ignore: there is no such key; did you mean 'ignored'?",
    'id = "label"': "labels: the id of a model is at a label: write id below [labels], or say below [tables] where else it is",
}


@pytest.mark.parametrize("text", ENDPOINTS)
def test_an_endpoint_is_read_where_a_text_consists_of_it(text: str) -> None:
    assert find_endpoint(text) == ENDPOINTS[text]


@pytest.mark.parametrize("text", PATHS)
def test_a_path_is_read_from_a_url_or_by_itself(text: str) -> None:
    assert read_path(text) == PATHS[text]


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_in_tables_is_told_at_its_line(line: str) -> None:
    other = "" if line.startswith("id") else 'id = "page"\n'
    with pytest.raises(InputError) as error:
        read_config(f'[tables]\n{other}{line}\n[columns]\n"Name" = "name"\n', PROFILE, Profile)
    assert f"error: {MISTAKES[line]}" in str(error.value)
