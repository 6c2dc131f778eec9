# streamlit entry
