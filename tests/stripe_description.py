"""Requests and answers held against Stripe's published OpenAPI description, of the version that the gateway pins.

The description itself has some 5 MB and is not shipped. Stripe's own library is generated from it ("File generated
from our OpenAPI spec"), endpoint by endpoint, parameter by parameter and field by field; this reads it there. A field
that is not `Optional` is required, a union of words is closed, what is not named does not exist.
"""

import ast
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from types import NoneType, SimpleNamespace, UnionType
from typing import (
    Any,
    ForwardRef,
    Literal,
    NamedTuple,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import stripe
from stripe import params as stripe_params
from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._request_options import RequestOptions
from stripe._search_result_object import SearchResultObject
from stripe._stripe_object import StripeObject, UntypedStripeObject
from typing_extensions import is_typeddict

LIBRARY = Path(stripe.__file__).parent


class Endpoint(NamedTuple):
    method: str
    path: re.Pattern[str]
    asked: str
    answer: str
    module: str


class _Names(dict[str, Any]):
    """What the annotations of one module name, also what only type checkers import."""

    def __init__(self, module: str) -> None:
        super().__init__(vars(import_module(module)))
        imports = (node for node in ast.walk(_parsed(module)) if isinstance(node, ast.ImportFrom))
        self.imports = {one.asname or one.name: (node.module, one.name) for node in imports for one in node.names}

    def __missing__(self, name: str) -> Any:
        if name in self.imports:
            module, meant = self.imports[name]
            return getattr(import_module(str(module)), meant)
        for module in (stripe, stripe_params, typing):
            if hasattr(module, name):
                return getattr(module, name)
        raise KeyError(name)


def _parsed(module: str) -> ast.Module:
    return ast.parse(Path(str(import_module(module).__file__)).read_text())


@lru_cache(maxsize=1)
def endpoints() -> tuple[Endpoint, ...]:
    """Every address of the API, with the names of the classes of its parameters and its answer."""
    files = (file.relative_to(LIBRARY.parent).with_suffix("") for file in sorted(LIBRARY.rglob("*_service.py")))
    return tuple(one for file in files for one in _endpoints_in(".".join(file.parts)))


def _endpoints_in(module: str) -> Iterator[Endpoint]:
    for function in ast.walk(_parsed(module)):
        if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
            continue
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "_request":
                method, address = call.args[0], call.args[1]
                path = address.func.value if isinstance(address, ast.Call) else address  # type: ignore[attr-defined]
                asked = next(arg.annotation for arg in function.args.args if arg.arg == "params")
                assert (
                    isinstance(method, ast.Constant) and isinstance(path, ast.Constant) and asked and function.returns
                )
                pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", str(path.value)))
                yield Endpoint(str(method.value), pattern, _named(asked), _named(function.returns), module)


def _named(annotation: ast.expr) -> str:
    """ "X" out of `Optional["X"]` and out of `"X"`."""
    return next(str(node.value) for node in ast.walk(annotation) if isinstance(node, ast.Constant))


def problems(method: str, path: str, asked: Mapping[str, Any], answer: Mapping[str, Any] | None = None) -> list[str]:
    """What of a request, and of its answer if there was one, is not as described."""
    fitting = [one for one in endpoints() if one.method == method.lower() and one.path.fullmatch(path)]
    if not fitting:
        return [f"{method} {path} is not described"]
    place, endpoint = f"{method} {path}", fitting[-1]
    found = list(_differences(dict(asked), _type(endpoint.asked, endpoint.module), f"{place} asked"))
    if answer is not None:
        found += _differences(answer, _type(endpoint.answer, endpoint.module), place)
        found += (difference for event in _events_in(answer) for difference in _about(event, place))
    return found


def error_problems(body: Mapping[str, Any], place: str) -> list[str]:
    """What of a refusal is not as described."""
    return list(_differences(body["error"], stripe.ErrorObject, f"{place} refused"))


def event_types() -> frozenset[str]:
    """Every type of event that Stripe knows."""
    asked, _ = _parameters(stripe_params.WebhookEndpointCreateParams)
    return frozenset(re.findall(r"'([a-z_0-9.]+)'", str(asked["enabled_events"])))


def _events_in(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = answer["data"] if isinstance(answer.get("data"), list) else [answer]
    return [one for one in rows if one.get("object") == "event"]


def _about(event: Mapping[str, Any], place: str) -> Iterator[str]:
    """What an event is about; that has no class of its own in its annotation."""
    about = event["data"]["object"]
    module, name = OBJECT_CLASSES[about["object"]]
    yield from _differences(about, getattr(import_module(module), name), f"{place} event {event['type']}")


@cache
def _type(name: str, module: str) -> Any:
    return get_type_hints(SimpleNamespace(__annotations__={"kind": name}), localns=_Names(module))["kind"]


def _differences(value: Any, kind: Any, place: str) -> Iterator[str]:
    """Where `value` is not of this kind."""
    if isinstance(kind, ForwardRef):
        kind = _type(kind.__forward_arg__, "stripe")
    if by_origin := BY_ORIGIN.get(get_origin(kind)):
        yield from by_origin(value, get_args(kind), place)
    elif is_typeddict(kind):
        yield from _asked_differences(value, kind, place)
    elif isinstance(kind, type) and issubclass(kind, StripeObject):
        yield from _object_differences(value, kind, place)
    elif kind is not Any and not _is_plain(value, get_origin(kind) or kind):
        yield f"{place}: {value!r} is no {kind}"


def _none_of(value: Any, kinds: tuple[Any, ...], place: str) -> Iterator[str]:
    """A union is closed where it lists words, though the library lets new ones pass."""
    if any(get_origin(kind) is Literal for kind in kinds):
        kinds = tuple(kind for kind in kinds if kind is not str)
    if value is None and NoneType in kinds:
        return
    tried = [list(_differences(value, kind, place)) for kind in kinds if kind is not NoneType]
    if all(tried):
        yield from min(tried, key=len)


def _within(value: Any, kinds: tuple[Any, ...], place: str) -> Iterator[str]:
    yield from _differences(value, kinds[0], place)


def _unlisted(value: Any, words: tuple[Any, ...], place: str) -> Iterator[str]:
    if value not in words:
        yield f"{place}: {value!r} is none of {', '.join(map(repr, words[:12]))}"


def _in_list(value: Any, kinds: tuple[Any, ...], place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place}: {value!r} is no list"
        return
    for number, one in enumerate(value):
        yield from _differences(one, kinds[0], f"{place}[{number}]")


def _in_page(value: Any, kinds: tuple[Any, ...], place: str) -> Iterator[str]:
    yield from _in_list(value["data"], kinds, f"{place}.data")


BY_ORIGIN: dict[Any, Callable[[Any, tuple[Any, ...], str], Iterator[str]]] = {
    Union: _none_of,
    UnionType: _none_of,
    NotRequired: _within,
    Literal: _unlisted,
    list: _in_list,
    ListObject: _in_page,
    SearchResultObject: _in_page,
}


def _is_plain(value: Any, kind: Any) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is Decimal:
        return isinstance(value, str)  # how JSON carries it
    return isinstance(value, dict if kind is UntypedStripeObject else kind)


@cache
def _parameters(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    hints = get_type_hints(kind, localns=_Names(kind.__module__), include_extras=True)
    own = {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}
    return own, kind.__required_keys__


def _asked_differences(value: Any, kind: Any, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place}: {value!r} is no object"
        return
    known, required = _parameters(kind)
    yield from (f"{place}: {name} is missing" for name in sorted(required & known.keys() - value.keys()))
    for name, one in value.items():
        if name not in known:
            yield f"{place}: there is no parameter {name}"
        else:
            yield from _differences(one, known[name], f"{place}.{name}")


@cache
def _fields(kind: type) -> dict[str, Any]:
    """Those of the class and of its ancestors, but for the machinery that all of them share."""
    owners = [owner for owner in kind.__mro__ if owner is not StripeObject]
    told = {name for owner in owners for name in owner.__dict__.get("__annotations__", {})}
    hints = get_type_hints(kind, localns=_Names(kind.__module__))
    return {name: hints[name] for name in told if name.islower() and not name.startswith("_")}


def _object_differences(value: Any, kind: type[StripeObject], place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place}: {value!r} is no object"
        return
    known = _fields(kind)
    needed = {name for name, hint in known.items() if NoneType not in get_args(hint)}
    yield from (f"{place}: {name} is missing" for name in sorted(needed - value.keys()))
    for name, one in value.items():
        if name not in known:
            yield f"{place}: there is no field {name}"
        else:
            yield from _differences(one, known[name], f"{place}.{name}")
