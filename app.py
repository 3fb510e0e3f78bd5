"""The Streamlit entry: page settings, navigation and the way out. Run it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from app_parts import memory
from app_parts.widgets import quick_exit

PAGES = (
    st.Page("app_pages/chat.py", title="Talk", default=True),
    st.Page("app_pages/library.py", title="Article"),
    st.Page("app_pages/help.py", title="Help"),
    st.Page("app_pages/about.py", title="About"),
)

st.set_page_config(page_title="Notes", page_icon=Path(__file__).parent / "static" / "icon.png", layout="centered")
page = st.navigation(PAGES, position="hidden")
quick_exit(memory.clear)
with st.container(horizontal=True, gap="xsmall", key="pages"):
    for each in PAGES:
        st.page_link(each)
page.run()
