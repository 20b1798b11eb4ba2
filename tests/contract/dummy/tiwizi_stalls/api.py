"""/api/v1/stalls/stalls/."""

from rest_framework import serializers, viewsets

from tiwizi_stalls.models import Stall


class StallSerializer(serializers.ModelSerializer):
    class Meta:
        model = Stall
        fields = ["uid", "name"]


class StallViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Stall.objects.order_by("id")
    serializer_class = StallSerializer


routes = [("stalls", StallViewSet)]
