"""The conversation."""

from app_parts import chat, memory, trouble
from app_parts.engine import engine

running = engine()
with trouble.told():
    chat.title()
    if not memory.talk().turns and not memory.pending():
        chat.welcome()
    above = chat.write_box()
    if running.coach:
        chat.turns(running.coach)
    if memory.pending():
        chat.answer(running)
    if running.coach and memory.talk().turns:
        chat.next_steps(running.coach)
        chat.help_panel(above)
if not running.ended:
    chat.getting_ready(running)
elif running.problem:
    chat.failed(running.problem)
