"""What corrections taught."""

from archive.adapters.db.codec import derive
from archive.domain.learning import LearnedRule

RULES = derive("learned_rules", LearnedRule, indexes=[("learned_at",)])
