//! Fetching inventories from other nodes over the system's ssh.
