//! Views of documents as text: tables, JSON, CSV and the formats of Failover Clustering.
