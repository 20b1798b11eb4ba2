"""Reading pages in tests."""


def body(answer) -> str:
    """What a page says, as HTML."""
    return answer.content.decode()
