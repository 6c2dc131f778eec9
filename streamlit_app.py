"""The dashboard's entry: `streamlit run streamlit_app.py`, or simply `onewindow`."""

from dashboards.app import run

run()
