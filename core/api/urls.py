"""``/api/v1/``: core's own routes, then each plug-in's under its label."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from core.api.figures import FigureViewSet
from core.api.projects import ProjectViewSet
from core.registry import registry

router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="project")
router.register("figures", FigureViewSet, basename="figure")
for label, prefix, viewset in registry.routes():
    router.register(f"{label}/{prefix}", viewset, basename=f"{label}-{prefix}")

urlpatterns = [path("", include(router.urls))]
