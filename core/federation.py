"""How a project travels between instances: data only, no ActivityPub term."""

from core.contract import Mapping
from core.domain import remote_projects
from core.models import Project
from core.verbs import EDITED, PUBLISHED, STAGE_MOVED, WITHDRAWN

mappings = [
    Mapping(
        subject=Project.subject_type,
        object_type="Article",
        verbs={PUBLISHED: "Create", EDITED: "Update", STAGE_MOVED: "Update", WITHDRAWN: "Delete"},
        describe=remote_projects.describe,
        accepts=remote_projects.accepts,
        receive=remote_projects.receive,
        remove=remote_projects.remove,
        public=remote_projects.public,
    )
]
