"""Reports: what the desk's history says in figures. Only reads, set-based, by the date of the report and its filters.

A report is one entry of `book.REPORTS`; page, CSV, month-end pack and weekly mail all ask the same function.
"""
