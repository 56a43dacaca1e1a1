"""Reports as files: JSON, CSV and workbooks of exactly what a page shows."""
