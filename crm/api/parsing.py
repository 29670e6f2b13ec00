"""What comes in: JSON whose every text can be stored, read by serializers that refuse unknown keys."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

_DEEPEST = 40


class StrictJSONParser(BaseParser):
    """JSON without NaN, NUL characters and lone surrogates, at most 40 levels deep."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(settings.API_MAX_BODY + 1)
        if len(body) > settings.API_MAX_BODY:
            raise RequestDataTooBig
        try:
            value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as broken:
            raise ParseError("The body is not JSON.") from broken
        check_storable(value)
        return value


def check_storable(value: Any, depth: int = 0) -> None:
    """Refuse what PostgreSQL cannot store, wherever in the value it stands."""
    if depth > _DEEPEST:
        raise ParseError("The body is nested too deeply.")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ParseError("A text contains a NUL character or half of a surrogate pair.")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            check_storable(key, depth + 1)
            check_storable(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check_storable(inner, depth + 1)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses keys it does not know: a typo is an error, not a value that silently went nowhere."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [str(key) for key in data if key not in known]
            if unknown:
                raise serializers.ValidationError({key: ["Unknown field."] for key in unknown})
        return super().to_internal_value(data)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
