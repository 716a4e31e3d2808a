"""Published estimates for other databases: an SDMX-CSV file with ILOSTAT's dimensions and codes."""
