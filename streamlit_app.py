"""The dashboard's entry: `streamlit run streamlit_app.py`, or simply `onewindow`."""

from dashboards.app import run

if __name__ == "__main__":  # worker processes import this file under another name
    run()
