"""A manager's own page for a published project (D22: any manager, not one person)."""

from __future__ import annotations

import pytest

from core.models import Organisation, Project
from tests.core.sheets import sheet
from tests.factories import MembershipFactory, OrganisationFactory, ProjectFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tree")]


class TestSheet:
    @pytest.fixture
    def project(self, place):
        return ProjectFactory(territory=place)

    def edit(self, client, project, **changes):
        data = {"action": "save", "owner": project.owner_id} | changes
        return client.post(f"/fr/projects/{project.slug}/edit/", sheet(**data))

    def test_a_manager_cannot_leave_it_without_owner(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert self.edit(client, project, owner="").status_code == 400

    def test_who_may_edit(self, client, people, project):
        url = f"/fr/projects/{project.slug}/edit/"
        assert "/account/login/" in client.get(url).url
        manager = MembershipFactory(organisation=project.owner).person
        treasurer = MembershipFactory(organisation=project.owner, role="treasurer").person
        for person, status in ((people["person"], 403), (treasurer, 403), (people["agent elsewhere"], 403),
                               (manager, 200), (people["animator"], 200)):  # fmt: skip
            client.force_login(person)
            assert client.get(url).status_code == status, person
            assert self.edit(client, project).status_code == (302 if status == 200 else 403)

    def test_texts_stage_and_needs(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert self.edit(client, project, stage="underway", title_ar="بئر").status_code == 302
        project.refresh_from_db()
        assert (project.stage, project.texts["ar"]["title"]) == ("underway", "بئر")
        url = f"/fr/projects/{project.slug}/needs/"
        assert client.get(url).status_code == 200
        need = {
            "kind": "money",
            "text": "Une pompe",
            "language": "fr",
            "amount": "1200.50",
            "currency": "EUR",
        }
        assert client.post(url, need).status_code == 302
        assert (project.needs.get().amount_minor, project.needs.get().currency) == (120050, "EUR")
        assert client.post(url, need | {"amount": ""}).status_code == 400
        assert client.post(url, {"remove": project.needs.get().pk}).status_code == 302
        assert not project.needs.exists()
        other = ProjectFactory().needs.create(kind="skills", texts={"fr": "x"})
        assert client.post(url, {"remove": other.pk}).status_code == 404

    def test_an_untouched_story_keeps_its_html(self, client, project):
        project.texts["fr"]["story"] = '<h2>Un titre</h2><p>Un <a href="https://tiwizi.example">lien</a></p>'
        project.save()
        client.force_login(MembershipFactory(organisation=project.owner).person)
        form = client.get(f"/fr/projects/{project.slug}/edit/").context["form"]
        story = form["story_fr"].value()
        self.edit(client, project, story_fr=story.replace("\n", "\r\n"))
        project.refresh_from_db()
        assert project.texts["fr"]["story"].startswith("<h2>Un titre</h2>")

    def test_script_never_gets_in(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        self.edit(client, project, story_fr="<p>a</p><script>alert(1)</script><img src=x onerror=alert(1)>")
        project.refresh_from_db()
        assert "script" not in project.texts["fr"]["story"]
        assert "onerror" not in project.texts["fr"]["story"]

    def test_a_manager_gives_it_to_own_organisations_only(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert self.edit(client, project, owner=OrganisationFactory().pk).status_code == 400
        assert Organisation.objects.get(pk=project.owner_id) == Project.objects.get().owner

    def test_withdrawing_and_showing_again(self, client, people, project):
        url = f"/fr/projects/{project.slug}/"
        client.force_login(people["person"])
        assert client.post(f"{url}withdraw/").status_code == 403
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert client.post(f"{url}withdraw/").status_code == 302
        assert client.get(url).status_code == 404
        assert client.post(f"{url}put-back/").status_code == 403
        client.force_login(people["animator"])
        assert client.post(f"{url}put-back/").status_code == 302
        assert client.get(url).status_code == 200
