"""What a request asks: Stripe's form encoding read into a tree, and refusals in Stripe's own shape."""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from payments.processor.books import Shape

EXPLAINED_AT = "https://docs.stripe.com/error-codes/"


class Refused(Exception):
    """The request fails with this HTTP status and this error object."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error.get("message", ""))
        self.status = status
        code = error.get("code")
        self.body: Shape = {"error": {**error, "doc_url": EXPLAINED_AT + code.replace("_", "-")} if code else error}


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `form` is the tree of its parameters, `now` its moment in seconds since 1970."""

    method: str
    path: str
    form: Shape
    now: int
    address: str
    key: str = ""
    names: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        said = self.form.get(name, default)
        return said if isinstance(said, str) else refuse_parameter(name, f"Invalid string: {name}")

    def says(self, name: str) -> bool:
        return self.text(name, "false") == "true"

    def tree(self, name: str) -> Shape:
        said = self.form.get(name) or {}
        return said if isinstance(said, dict) else refuse_parameter(name, f"Invalid object: {name}")

    def whole(self, name: str) -> int:
        said = self.text(name)
        return int(said) if re.fullmatch(r"[0-9]{1,12}", said) else refuse_parameter(name, f"Invalid integer: {said}")

    def listed(self, name: str) -> list[str]:
        return [str(value) for value in self.tree(name).values()]


def refuse_parameter(name: str, message: str, code: str = "parameter_invalid") -> NoReturn:
    """Refuse a request for one of its parameters: nothing was done."""
    raise Refused(400, type="invalid_request_error", code=code, param=name, message=message)


def refuse_missing(kind: str, identity: object, parameter: str | None) -> NoReturn:
    """`parameter` is None when the address itself names the object that does not exist."""
    raise Refused(
        400 if parameter else 404,
        type="invalid_request_error",
        code="resource_missing",
        param=parameter or "id",
        message=f"No such {kind}: '{identity}'",
    )


def read_form(encoded: str) -> Shape:
    """The tree behind a form such as metadata[key]=1&expand[0]=customer; lists become trees with numbers as names."""
    tree: Shape = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        *branches, leaf = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name) or [name]
        branch = tree
        for step in branches:
            branch = branch.setdefault(step or str(len(branch)), {})
            if not isinstance(branch, dict):
                refuse_parameter(name, "One parameter was given both as a value and as an object.")
        branch[leaf or str(len(branch))] = value
    return tree
