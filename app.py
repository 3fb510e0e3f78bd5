"""The Streamlit entry: page settings, navigation and the way out. Run it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from app_parts import memory
from app_parts.widgets import quick_exit

st.set_page_config(page_title="Notes", page_icon=Path(__file__).parent / "static" / "icon.png", layout="centered")
page = st.navigation(
    [
        st.Page("app_pages/chat.py", title="Talk", icon=":material/forum:", default=True),
        st.Page("app_pages/library.py", title="Article", icon=":material/menu_book:"),
        st.Page("app_pages/help.py", title="Help", icon=":material/support:"),
        st.Page("app_pages/about.py", title="About", icon=":material/info:"),
    ],
    position="top",
)
quick_exit(memory.clear)
page.run()
