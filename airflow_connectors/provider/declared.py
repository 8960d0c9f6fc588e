"""Operators and sensors declare their parameters as annotated fields; this writes their `__init__`."""

from __future__ import annotations

from functools import cached_property
from inspect import Parameter, Signature, get_annotations
from typing import Any, ClassVar, Generic, TypeVar, cast, dataclass_transform, get_args

from airflow.sdk.bases.operator import BaseOperator

from .hook import ConnectorHook

H = TypeVar("H", bound=ConnectorHook)


@dataclass_transform(kw_only_default=True)
class Declared(Generic[H]):
    """Give a subclass keyword parameters named after its annotations; Jinja renders them all."""

    hook_class: ClassVar[type[ConnectorHook]]
    parameters: ClassVar[dict[str, Any]] = {}
    template_fields: ClassVar[Any] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.hook_class = next(_hook_classes(cls), getattr(cls, "hook_class", ConnectorHook))
        cls.parameters = {**cls.parameters, **_own_parameters(cls)}
        cls.template_fields = tuple(cls.parameters)
        cls.__init__ = _init_for(cls)  # type: ignore[method-assign]  # this is what the class is for

    @cached_property
    def hook(self) -> H:
        return cast("H", self.hook_class(getattr(self, self.hook_class.conn_name_attr)))

    def validate(self) -> None:
        """Raise ConfigError for what is wrong in the DAG itself. Runs as the DAG is parsed."""


def is_literal(value: Any) -> bool:
    """Whether a DAG states a value outright, so that it can be checked before it runs."""
    if isinstance(value, str):
        return "{{" not in value and "{%" not in value
    return isinstance(value, list | tuple) and all(map(is_literal, value))


def _hook_classes(cls: type) -> Any:
    bases = getattr(cls, "__orig_bases__", ())
    arguments = (argument for base in bases for argument in get_args(base))
    return (argument for argument in arguments if isinstance(argument, type))


def _own_parameters(cls: type) -> dict[str, Any]:
    annotated = get_annotations(cls)
    names = [name for name, kind in annotated.items() if not str(kind).startswith("ClassVar")]
    return {name: vars(cls).get(name, Parameter.empty) for name in names}


def _init_for(cls: type[Declared[Any]]) -> Any:
    """Write the `__init__` a person would have: the declared parameters, then Airflow's own."""
    parameters = cls.parameters
    after = next(
        base for base in cls.__mro__ if not issubclass(base, Declared) and issubclass(base, BaseOperator)
    )

    def __init__(self: Any, **kwargs: Any) -> None:  # noqa: N807 - it becomes the method of that name
        values = {name: kwargs.pop(name, default) for name, default in parameters.items()}
        after.__init__(self, **kwargs)
        vars(self).update(values)
        self.validate()

    keywords = [Parameter(name, Parameter.KEYWORD_ONLY, default=value) for name, value in parameters.items()]
    ends = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), Parameter("kwargs", Parameter.VAR_KEYWORD)
    __init__.__signature__ = Signature([ends[0], *keywords, ends[1]])  # type: ignore[attr-defined]  # inspect reads it
    return __init__
