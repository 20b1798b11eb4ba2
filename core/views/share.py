"""Preview cards for messengers and social networks."""

from django.http import Http404, HttpRequest, HttpResponse

from core.contract import SubjectRef
from core.domain import cards
from core.registry import registry

A_YEAR = 31_536_000


def share_card(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The picture shown of a link to a public subject; 404 for what is private, gone or not to be shared."""
    subject_type = registry.subject(kind)
    ref = SubjectRef(kind, key)
    if subject_type is None or not subject_type.share:
        raise Http404
    try:
        subject = registry.resolve([ref]).get(ref)
    except (ValueError, OverflowError):
        subject = None
    if subject is None or not subject.is_public:
        raise Http404
    response = HttpResponse(cards.card(subject), content_type="image/jpeg")
    current = request.GET.get("v") == cards.version(subject)
    response["Cache-Control"] = f"public, max-age={A_YEAR if current else 600}"
    return response
