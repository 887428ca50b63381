"""The page: Streamlit scripts over the App. Takes what the App gives; knows no store, index or model.

Streamlit runs page.py anew for every visit and click; what must outlive a run is the App's, or in session.py.
"""
