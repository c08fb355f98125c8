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
    digits = pc.replace_substring_regex(records["phone"], r"[\s().\-/\x{00A0}]+", "")
    digits = pc.replace_substring_regex(digits, "^00", "+")
    plain = pc.match_substring_regex(records["phone"], r"\(0\)").fill_null(False)
    done = pc.and_(pc.match_substring_regex(digits, r"^\+[1-9]\d{6,14}$"), pc.invert(plain))
    rest = pc.unique(records["phone"].filter(pc.invert(done.fill_null(True))))
    read = pa.array([_read(each, region.upper() or None) for each in rest.to_pylist()], pa.string())
    place = pc.index_in(records["phone"], value_set=rest)
    phone = pc.if_else(done, digits, read.take(place.combine_chunks()))
    return records.set_column(records.column_names.index("phone"), "phone", phone)


def _read(number: str, region: str | None) -> str:
    """The number in E.164; as it is, where it cannot be read."""
    import phonenumbers

    try:
        found = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))
