"""Numbers of an answer that Python has no float for, in every place where a number is read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from groundwire_runtime import json_scalars as numbers
from groundwire_runtime import scalars
from groundwire_runtime.errors import DecodeError
from groundwire_runtime.schema import ANY, STRING, STRUCT, Enum, ListOf, MapOf, Packed, Ref, Type, Wrapped
from groundwire_runtime.unions import Alias, Const, Nullable, TupleOf, Union

from .test_unions import CODECS, PETS, Dog

FREE: tuple[Type, ...] = (
    *(
        scalars.DOUBLE,
        scalars.FLOAT,
        scalars.INT32,
        scalars.UINT32,
        scalars.INT64,
        scalars.UINT64,
        ANY,
        STRUCT,
    ),
    *(numbers.NUMBER, numbers.INTEGER, numbers.INT32, numbers.UINT32, numbers.LONG, numbers.ULONG),
    *(
        Enum("Level"),
        Const((1,)),
        Wrapped(scalars.DOUBLE),
        Packed(()),
        Ref("Scores"),
        Alias("Tree"),
        Nullable(ANY),
    ),
    *(
        Union((numbers.NUMBER, STRING)),
        Union((STRING, ListOf(STRING))),
        TupleOf((numbers.NUMBER,), ANY),
        PETS,
    ),
)
HUGE = ("1e999", "-1e999", "1E+400", f"1{'0' * 400}.0", f"-1{'0' * 400}", f"1{'0' * 400}")
PLACES = (
    "{}", "[{}]", f"[{'1.5,' * 300}{{}}]", '{"a":{}}', '{"title":"t","note":null,"a":{}}', '{"value":{}}',
    '{"kind":"dog","other":[1.5,{"deep":{}}]}', '{"@type":"type.googleapis.com/x.Y","n":{}}', '[[[{}]]]',
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("type_", [*FREE, *(ListOf(each) for each in FREE), *(MapOf(each) for each in FREE)])
def test_a_number_that_python_has_no_float_for_is_refused_or_keeps_its_digits(
    type_: Type, place: str
) -> None:
    for number in HUGE:
        text = place.replace("{}", number, 1) if place == "{}" else number.join(place.rsplit("{}", 1))
        try:
            found = CODECS.read(type_, text.encode())
        except DecodeError:
            continue
        sent = CODECS.write(type_, found).decode()
        assert parsed(sent) == parsed(text)


def parsed(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_an_unknown_number_is_refused_at_its_place(number: str) -> None:
    with pytest.raises(DecodeError, match="/other: out of the range of a double"):
        CODECS.decode(Dog, f'{{"kind":"dog","more":1.5,"other":{number}}}'.encode())
    assert CODECS.decode(Dog, b'{"kind":"dog","more":1e308}').unknown_fields == {"more": 1e308}
