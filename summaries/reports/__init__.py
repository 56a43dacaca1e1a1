"""What pages and exports show: frozen data, one builder a page."""
