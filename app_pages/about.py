"""What this is, how it works, and where its words come from."""

from app_parts import about, trouble

about.draw()
with trouble.told():
    about.sources()
