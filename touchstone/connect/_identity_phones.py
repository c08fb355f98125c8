"""Telephone numbers as the whole world dials them (E.164)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def international(records: pa.Table, *, region: str) -> pa.Table:
    """`records` with the column `phone`, where there is one, in E.164 as far as its numbers can be read.

    Numbers without a country are read as of `region` (two letters); without one they stay digits.
    """
    if "phone" not in records.column_names:
        return records
    rest = pc.invert(_dialled(records["phone"]).fill_null(True))
    if not pc.any(rest).as_py():
        return records
    spelled = pc.unique(records["phone"].filter(rest))
    read = _written(spelled, region.upper() or None)
    place = pc.index_in(records["phone"], value_set=spelled)
    phone = pc.if_else(rest, read.take(place.combine_chunks()), records["phone"])
    return records.set_column(records.column_names.index("phone"), "phone", phone)


def _dialled(numbers: pa.Array) -> pa.Array:
    """Which are in E.164."""
    return pc.match_substring_regex(numbers, r"^\+[1-9]\d{6,14}$")


def _written(numbers: pa.Array, region: str | None) -> pa.Array:
    """The numbers in E.164 where they can be read."""
    digits = pc.replace_substring_regex(numbers, r"[\s().\-/\x{00A0}]+", "")
    digits = pc.replace_substring_regex(digits, "^00", "+")
    done = pc.and_not(_dialled(digits), pc.match_substring_regex(numbers, r"\(0\)"))
    rest = numbers.filter(pc.invert(done))
    read = pa.array([_read(each, region) for each in rest.to_pylist()], pa.string())
    return pc.replace_with_mask(digits, pc.invert(done), read)


def _read(number: str, region: str | None) -> str:
    """The number in E.164; as it is, where it cannot be read."""
    import phonenumbers

    try:
        found = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))
