"""The article, to read, to search, and as a map."""

from app_parts import causes, library, trouble
from app_parts.engine import engine

with trouble.told():
    article = library.choose_article()
    library.head(article)
    library.search(engine())
    view = library.choose_view()
    if view == "Map":
        causes.draw(article)
    elif view == "Quoted to you":
        library.quoted()
    else:
        library.read(article)
