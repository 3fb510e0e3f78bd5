"""What is answered: the conversation, the safety gate, understanding, choosing and composing."""

from coach.coach import Coach
from coach.models import Conversation, Reply, Turn

__all__ = ["Coach", "Conversation", "Reply", "Turn"]
