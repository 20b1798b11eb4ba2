"""Its pages."""

from django.shortcuts import get_object_or_404, render

from tiwizi_stalls.models import Stall


def stall_list(request):
    return render(request, "stalls/list.html", {"stalls": Stall.objects.order_by("-id")[:20]})


def stall_detail(request, uid):
    return render(request, "stalls/stall.html", {"stall": get_object_or_404(Stall, uid=uid)})
