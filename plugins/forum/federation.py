"""How messages travel between instances: data only."""

from core.contract import Mapping
from plugins.forum import verbs
from plugins.forum.domain import travel
from plugins.forum.models import Post

mappings = [
    Mapping(
        subject=Post.subject_type,
        object_type="Note",
        verbs={
            verbs.POSTED: "Create",
            verbs.EDITED: "Update",
            verbs.DELETED: "Delete",
            verbs.HIDDEN: "Delete",
            verbs.RESTORED: "Create",
            verbs.WITHDRAWN: "Delete",
            verbs.RETURNED: "Create",
        },
        describe=travel.describe,
        accepts=travel.accepts,
        receive=travel.receive,
        remove=travel.remove,
        public=travel.public,
    )
]
