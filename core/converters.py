"""URL converters."""


class UnicodeSlug:
    """A slug in any script: Arabic titles keep their letters."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
