"""The bases of what a DAG can do."""

from __future__ import annotations

from airflow.sdk import BaseOperator

from .declared import Declared, H


class ConnectorOperator(Declared[H], BaseOperator):
    """One action against one service."""
