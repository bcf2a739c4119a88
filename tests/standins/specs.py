"""
Requests that a stand-in logged, held against the provider's own published description of its API.

The descriptions are reference data beside the project, `../shared/providers/NAME.json`, and no part of it;
`PROVIDER_SPECS` in the environment names another folder. Where there is none, tests skip: `needs_specs`.
A description is read once a session: Swagger 2.0 becomes OpenAPI 3, answers are left out, the corrections
below are made, and every object of a request is closed: providers overlook a misspelt field or filter in
silence, and so lose a text part or find every draft there is.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request.exceptions import ParameterValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from standins.base import Request

FOLDER = Path(os.environ.get("PROVIDER_SPECS") or Path(__file__).parents[3] / "shared" / "providers")
needs_specs = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no descriptions of providers' APIs in {str(FOLDER)!r}"
)
_METHODS = ("get", "put", "post", "patch", "delete")
_SHOWN = 200  # characters of one violation


class Correction(NamedTuple):
    """Something a description says wrongly, or does not say yet."""

    at: tuple[str, ...]  # keys from the top; in a list of parameters the parameter's name, "-" for a new one
    value: Any
    why: str  # with its source and date


_CAMPAIGN = ("components", "schemas", "CampaignRequest", "properties")
_JSON = ("requestBody", "content", "application/json", "schema")
_LISTMONK = "listmonk's handlers know it (PROVIDERS.md section 2, read 2026-11-27)"
_TRIED = "so was listmonk 6.2 asked, and took it (pipeline/providers/listmonk.py, read 2026-11-27)"
CORRECTIONS: dict[str, tuple[Correction, ...]] = {
    "listmonk": (
        Correction(
            ("paths", "/campaigns", "get", "parameters", "tags"),
            {"in": "query", "name": "tag", "schema": {"type": "array", "items": {"type": "string"}}},
            "the handler reads tag and ignores tags (PROVIDERS.md section 2, read 2026-11-27)",
        ),
        Correction(
            ("paths", "/campaigns", "get", "parameters", "order"),
            {"in": "query", "name": "order", "schema": {"enum": ["asc", "desc"]}},
            f"lower case is taken: {_TRIED}",
        ),
        Correction(
            ("paths", "/templates", "get", "parameters", "no_body"),
            {"in": "query", "name": "no_body", "schema": {"type": "boolean"}},
            f"it may be left out: {_TRIED}",
        ),
        Correction(
            ("paths", "/campaigns/{id}/preview", "get", "parameters", "-"),
            {"in": "query", "name": "template_id", "schema": {"type": "integer"}},
            "a GET reads it as a POST does (listmonk 6.2, cmd/campaigns.go, read 2026-11-27)",
        ),
        Correction((*_CAMPAIGN, "archive"), {"type": "boolean"}, _TRIED),
        Correction((*_CAMPAIGN, "attribs"), {"type": "object", "additionalProperties": True}, _TRIED),
        Correction((*_CAMPAIGN, "media"), {"type": "array", "items": {"type": "integer"}}, _TRIED),
        Correction((*_CAMPAIGN, "body"), {"type": "string"}, _LISTMONK),
        Correction((*_CAMPAIGN, "altbody"), {"type": "string", "nullable": True}, _LISTMONK),
        Correction(
            (*_CAMPAIGN, "headers"),
            {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
            f"it stands inside send_at there; {_LISTMONK}",
        ),
        Correction(
            (*_CAMPAIGN, "template_id"),
            {"type": "integer", "nullable": True},
            f"it stands inside send_at there; {_LISTMONK}",
        ),
        Correction(
            (*_CAMPAIGN, "send_at"),
            {"type": "string", "format": "date-time", "nullable": True},
            f"it is an object there; RFC 3339 or null: {_LISTMONK}",
        ),
        Correction(
            (
                "paths",
                "/campaigns/{id}/status",
                "put",
                *_JSON,
            ),
            {
                "type": "object",
                "required": ["status"],
                "properties": {"status": {"enum": ["draft", "scheduled", "running", "paused", "cancelled"]}},
            },
            "draft takes a scheduled one back (PROVIDERS.md section 2, read 2026-11-27)",
        ),
        Correction(
            ("paths", "/campaigns/{id}/test", "post", *_JSON),
            {
                "type": "object",
                "required": ["subscribers"],
                "additionalProperties": True,
                "properties": {"subscribers": {"type": "array", "minItems": 1, "items": {"type": "string"}}},
            },
            "it takes the whole campaign and the addresses (PROVIDERS.md section 2, read 2026-11-27)",
        ),
    ),
}


def violations(
    name: str, log: Iterable[Request], corrections: Sequence[Correction] | None = None
) -> list[str]:
    """
    Return what the provider's description forbids in these requests, each as 'POST /emails: what is wrong'.

    Requests to paths that the description does not have are passed over: see `unknown_paths`.

    Args:
        name: the provider's, as in `PROVIDERS`.
        log: as `StandIn.log` has it; paths with or without the base path of the provider's own server.
        corrections: instead of those above, to see that each of them is needed.
    """
    chosen = (
        tuple(range(len(CORRECTIONS.get(name, ())))) if corrections is None else _indices(name, corrections)
    )
    described = _described(name, chosen)
    return [
        f"{request.method} {template}: {wrong}"[:_SHOWN]
        for request in log
        if (template := described.template(request.path)) is not None
        for wrong in described.wrong(request, template)
    ]


def unknown_paths(name: str, log: Iterable[Request]) -> list[str]:
    """Return the requests to paths that the description does not have, each once: 'GET /subscribers'."""
    described = _described(name, ())
    return sorted(
        {
            f"{request.method} {described.short(request.path)}"
            for request in log
            if described.template(request.path) is None
        }
    )


def _indices(name: str, corrections: Sequence[Correction]) -> tuple[int, ...]:
    return tuple(CORRECTIONS[name].index(each) for each in corrections)


@cache
def _described(name: str, chosen: tuple[int, ...]) -> "_Description":
    spec = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"), object_hook=_numbered)
    if "swagger" in spec:
        spec = openapi3(spec)
    for operation in _operations(spec):
        operation["responses"] = {"default": {"description": "not looked at"}}
    for index in chosen:
        _correct(spec, CORRECTIONS[name][index])
    _close(spec)
    return _Description(spec)


def _numbered(part: dict[str, Any]) -> dict[str, Any]:
    """Return *part* with its bounds as numbers: Brevo's file, made from YAML, says '1E+2'."""
    return {
        key: float(value) if key in ("minimum", "maximum") and isinstance(value, str) else value
        for key, value in part.items()
    }


def openapi3(swagger: dict[str, Any]) -> dict[str, Any]:
    """
    Return a Swagger 2.0 description as OpenAPI 3.0: the part of both that our descriptions use.

    Source: OpenAPI Specification 3.0.3 and 2.0, "Parameter Object", read 2026-11-27.

    Raises:
        KeyError, ValueError: there is something in it that this does not know.
    """
    spec: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": swagger["info"],
        "servers": [{"url": f"{swagger['schemes'][0]}://{swagger['host']}{swagger['basePath']}"}],
        "security": swagger["security"],
        "paths": swagger["paths"],
        "components": {
            "schemas": swagger["definitions"],
            "securitySchemes": {
                name: {"basic": {"type": "http", "scheme": "basic"}}[scheme["type"]]
                for name, scheme in swagger["securityDefinitions"].items()
            },
        },
    }
    for operation in _operations(spec):
        given = operation.pop("parameters", [])
        bodies = [each for each in given if each["in"] == "body"]
        operation["parameters"] = [_parameter(each) for each in given if each["in"] != "body"]
        for body in bodies:
            content = {kind: {"schema": body["schema"]} for kind in swagger["consumes"]}
            operation["requestBody"] = {"required": body.get("required", False), "content": content}
    text = json.dumps(spec).replace('"#/definitions/', '"#/components/schemas/')
    return dict(json.loads(text))


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    """Return one parameter of Swagger 2.0 as OpenAPI 3.0 writes it."""
    if given["in"] not in ("query", "path", "header"):
        raise ValueError(f"no way to convert a parameter in {given['in']!r}")
    about = {key: given[key] for key in ("name", "in", "required") if key in given}
    schema = {key: given[key] for key in given if key not in (*about, "collectionFormat", "description")}
    if given["type"] == "array":
        about["style"] = "form"
        about["explode"] = {"csv": False, "multi": True}[given.get("collectionFormat", "csv")]
    return {**about, "schema": schema}


def _operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in spec["paths"].values():
        yield from (item[method] for method in _METHODS if method in item)


def _correct(spec: Any, correction: Correction) -> None:
    *way, last = correction.at
    for key in way:
        spec = spec[key]
    if isinstance(spec, dict):
        spec[last] = correction.value
    elif last == "-":
        spec.append(correction.value)
    else:
        names = [each["name"] for each in spec]
        spec[names.index(last)] = correction.value


def _close(part: Any, *, is_named: bool = False) -> None:
    """Let no object of a schema have more than is described; `is_named`: the keys of *part* are names."""
    if isinstance(part, dict):
        if not is_named and part.get("type") == "object" and "properties" in part:
            part.setdefault("additionalProperties", False)
        for key, value in part.items():
            _close(value, is_named=not is_named and key == "properties")
    elif isinstance(part, list):
        for value in part:
            _close(value)


@dataclass
class _Asked:
    """A logged request as openapi-core wants it."""

    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None


class _Description:
    """One provider's description, ready to be asked."""

    def __init__(self, spec: dict[str, Any]) -> None:
        """Take OpenAPI 3, corrected and closed."""
        self._spec = spec
        self._openapi = OpenAPI.from_dict(spec)
        server = urlsplit(spec["servers"][0]["url"])
        self._host, self._base = f"{server.scheme}://{server.netloc}", server.path.rstrip("/")
        self._templates = [
            (re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(template))), template)
            for template in sorted(spec["paths"], key=lambda template: template.count("{"))
        ]

    def short(self, path: str) -> str:
        """Return *path* without the base path of the provider's server."""
        return path.removeprefix(self._base) if path.startswith(f"{self._base}/") else path

    def template(self, path: str) -> str | None:
        """Return the described path that *path* is one of."""
        short = self.short(path)
        return next((template for way, template in self._templates if way.fullmatch(short)), None)

    def wrong(self, request: Request, template: str) -> Iterator[str]:
        """Yield what is wrong with a request to a described path."""
        operation = self._spec["paths"][template].get(request.method.lower())
        if operation is None:
            yield "no such method"
            return
        known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        for name in request.query:
            if name not in known:
                yield f"query {name}: is not described"
        if request.body and "requestBody" not in operation:
            yield "a body: is not described"
        asked = _Asked(
            host_url=self._host,
            path=self._base + self.short(request.path),
            method=request.method.lower(),
            parameters=RequestParameters(
                query=ImmutableMultiDict(
                    [(name, value) for name, values in request.query.items() for value in values]
                ),
                header=Headers(request.headers),
            ),
            content_type=request.headers.get("content-type", ""),
            body=request.body or None,
        )
        for error in self._openapi.iter_request_errors(asked):
            yield from _said(error)


def _said(error: BaseException) -> Iterator[str]:
    """Yield an error of openapi-core in its own words, and where in the request it lies."""
    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    about = f"{error.location} {error.name}" if isinstance(error, ParameterValidationError) else "body"
    details = [each for cause in causes for each in getattr(cause, "schema_errors", ())]
    for detail in details:
        where = ".".join(str(step) for step in (about, *detail.absolute_path))
        if detail.validator == "additionalProperties":
            names = sorted(set(detail.instance) - set(detail.schema.get("properties", ())))
            yield from (f"{where}.{name}: is not described" for name in names)
        else:
            yield f"{where}: {detail.message}"
    if not details:
        yield ": ".join(dict.fromkeys(str(cause) for cause in causes))
