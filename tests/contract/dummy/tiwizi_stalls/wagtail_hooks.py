"""A hook of Wagtail's own."""

from wagtail import hooks


@hooks.register("construct_explorer_page_queryset")
def all_pages(parent_page, pages, request):
    return pages
