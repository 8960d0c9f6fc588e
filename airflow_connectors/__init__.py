"""Integrations for Apache Airflow, and a batch-sync engine that lands their records in SQL."""

__version__ = "0.1.0"
