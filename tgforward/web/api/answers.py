"""What every operation of the API may answer beside its result, for the OpenAPI document."""

from typing import Any

from tgforward.web.problems import MEDIA_TYPE, Problem, title_of

STATUSES = (400, 401, 403, 404, 405, 409, 413, 414, 422, 429, 500, 503)

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": title_of(status)} for status in STATUSES
}


def with_problem_type(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each problem under its own media type; FastAPI knows one for all answers."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status >= "4" and "application/json" in answer.get("content", {}):
                    answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
    return document
