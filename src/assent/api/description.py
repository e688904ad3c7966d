"""What `/v1/openapi.json` says: every route, who may call it, every way it can end.

Who may call a route is read from the route itself, so that the description cannot say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from assent.api.once import KEY_HEADER
from assent.api.problems import Problem
from assent.serving.door import Needs
from assent.serving.permissions import Permission

TITLE: Final = "Assent"
VERSION: Final = "1"
DESCRIPTION: Final = """\
Decides, for every record a platform holds, whether it may train a model, and keeps what members choose.

Every request carries a token (`Authorization: Bearer …`); each route names the scope it asks for. Errors are
`application/problem+json`. A request that changes something carries an `Idempotency-Key` and can be sent again
without doing it twice. Members are named in bodies, never in addresses. Instants are RFC 3339 in UTC.
`docs/spec/api.md` shows how to build it into a product.
"""
TAGS: Final = (
    ("decide", "Whether a record may be used."),
    ("settings", "What members choose."),
    ("objections", "What members object to."),
    ("receipts", "What members can prove."),
    ("events", "What a platform's own services tell the ledger."),
    ("snapshots", "Data sets that were built."),
    ("holds", "Uses that are stopped."),
    ("packs", "The rules."),
    ("hooks", "Who is told when a setting changes."),
    ("log", "The public log: nothing was rewritten, and anyone can see it."),
    ("health", "For whoever runs it."),
)
SCHEME: Final = "token"


def describe(app: FastAPI) -> None:
    """The application describes itself so."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe_routes(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def describe_routes(app: FastAPI) -> dict[str, Any]:
    """The whole document."""
    document = get_openapi(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": said} for name, said in TAGS],
    )
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {}).update(_schemas())
    parts["securitySchemes"] = {SCHEME: {"type": "http", "scheme": "bearer", "description": "`assent token make`"}}
    for path, method, permission in permissions(app):
        operation = document["paths"].get(path, {}).get(method)
        if operation is not None:
            _describe(operation, permission)
    return document


def permissions(app: FastAPI) -> Iterator[tuple[str, str, Permission]]:
    """Each described route's path and method, and what it asks of whoever calls it."""
    for route in iter_route_contexts(app.routes):
        if route.path_format is not None and route.include_in_schema and hasattr(route, "dependant"):
            for asked in _asked(route.dependant):
                for method in route.methods or ():
                    yield route.path_format, method.lower(), asked


def _asked(dependant: Dependant) -> Iterator[Permission]:
    for each in dependant.dependencies:
        if isinstance(each.call, Needs):
            yield each.call.permission
            return


def _describe(operation: dict[str, Any], permission: Permission) -> None:
    public = permission is Permission.ANYBODY
    operation["security"] = [] if public else [{SCHEME: []}]
    asks = "For everybody." if public else f"Asks for the scope `{permission.value}`."
    operation["description"] = f"{operation.get('description', '')}\n\n{asks}".strip()
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == KEY_HEADER:
            # Optional to the framework, so that its absence is said in our words; not to whoever calls.
            parameter["required"] = True
            parameter["schema"] = next(
                each for each in parameter["schema"]["anyOf"] if each.get("type") == "string"
            )  # fmt: skip


def _schemas() -> dict[str, Any]:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**problem.pop("$defs", {}), "Problem": problem}
