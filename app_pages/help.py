"""People to reach. It needs no coach and no conversation."""

from app_parts import helping, trouble

with trouble.told():
    helping.head()
    helping.draw_lines()
helping.safer_use()
